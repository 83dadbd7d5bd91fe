// Errors as servers write them, in the body of a refusal or in the middle of a stream: docs/serve.md lists the forms.
import { lookUp } from '../../base/index.ts';
import { countOf, type Fields, fieldsOf, isAbsent, isFields } from './json-fields.ts';

export type ServerError = {
  /** As HTTP has them; undefined where the server does not say whose fault it is. */
  readonly status: number | undefined;
  /** The server's words for the kind of error, in lower case. */
  readonly kinds: readonly string[];
  /** The server's own text, as it came. */
  readonly words: string;
};

/** Kinds of errors that servers name without a number. */
const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  badrequesterror: 400,
  context_length_exceeded: 400,
  exceed_context_size_error: 400,
  invalid_prompt: 400,
  content_filter: 400,
  unprocessable_entity: 422,
  authentication_error: 401,
  invalid_api_key: 401,
  insufficient_quota: 402,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  model_not_found: 404,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  overloaded_error: 503,
  unavailable_error: 503,
  server_error: 500,
  api_error: 500,
  internalservererror: 500,
};

/** Undefined where it is no error. A document with choices is one only where it says so under `error`. */
export function serverErrorIn(document: unknown): ServerError | undefined {
  if (!isFields(document)) return undefined;
  const { error } = document;
  if (!isAbsent(error) && error !== false && error !== '') {
    const inner = fieldsOf(error);
    return errorOf(isFields(inner.error) ? inner.error : inner, document, wordsIn(error));
  }
  if (!isAbsent(document.choices)) return undefined;
  const told = document.detail ?? document.message ?? document.msg ?? document.error_message;
  const words = wordsIn(told);
  return words === '' ? undefined : errorOf({}, document, words);
}

function errorOf(inner: Fields, outer: Fields, words: string): ServerError {
  const said = [inner.code, inner.status, inner.status_code, outer.code, outer.status, outer.status_code];
  const kinds = [inner.code, inner.type, outer.type]
    .filter((kind) => typeof kind === 'string')
    .map((kind) => kind.toLowerCase());
  // OpenRouter: what was flagged by its moderation, which it answers with a status of its own.
  if (Array.isArray(fieldsOf(inner.metadata).reasons)) kinds.push('content_filter');
  const status = said.map((one) => statusOf(one)).find((one) => one !== undefined);
  return { status: status ?? statusOfKinds(kinds), kinds, words };
}

function statusOf(value: unknown): number | undefined {
  const number = countOf(typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value);
  return number !== undefined && number >= 400 && number < 600 ? number : undefined;
}

function statusOfKinds(kinds: readonly string[]): number | undefined {
  return kinds.map((kind) => lookUp(statuses, kind)).find((status) => status !== undefined);
}

/** A text, an object that holds one, or FastAPI's list of what is wrong with each place. */
function wordsIn(value: unknown, depth = 3): string {
  if (typeof value === 'string') return value;
  if (depth === 0) return '';
  if (Array.isArray(value))
    return value
      .slice(0, 8)
      .map((one) => placedWords(one, depth - 1))
      .filter((words) => words !== '')
      .join('; ');
  if (!isFields(value)) return '';
  return wordsIn(value.message ?? value.msg ?? value.detail ?? value.error ?? '', depth - 1);
}

function placedWords(value: unknown, depth: number): string {
  const words = wordsIn(value, depth);
  const { loc } = fieldsOf(value);
  if (!Array.isArray(loc)) return words;
  return `${loc.filter((name) => typeof name === 'string' || typeof name === 'number').join('.')}: ${words}`;
}
