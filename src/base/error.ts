// The one error class of Tiegel. Expected errors carry a code of the error table; everything else is a bug and
// reaches a boundary as it is. The marker makes the check work across two loaded copies of this module.
import { type ErrorCode, errorEntry } from './error-table.ts';
import { hideKeys } from './hide-keys.ts';

/** Values that fill the `{name}` places of a message and travel with the error, for logs and `--json`. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

export class TiegelError extends Error {
  /** Marker that `isInstance` looks for. */
  readonly isTiegelError = true as const;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown } = {}) {
    const shown = withoutKeys(details);
    super(fillMessage(errorEntry(code).message, shown), options);
    this.name = 'TiegelError';
    this.code = code;
    this.details = shown;
  }

  get status(): number {
    return errorEntry(this.code).status;
  }

  get retryable(): boolean {
    return errorEntry(this.code).retryable;
  }

  /** @see ErrorEntry.publicCode */
  get publicCode(): string | null {
    return errorEntry(this.code).publicCode;
  }

  /** One sentence that says what the reader can do. */
  get fix(): string {
    return fillMessage(errorEntry(this.code).fix, this.details);
  }

  static isInstance(value: unknown): value is TiegelError {
    return (
      typeof value === 'object' &&
      value !== null &&
      (value as { isTiegelError?: unknown }).isTiegelError === true
    );
  }
}

/** Details quote what a client or a server wrote, and errors reach replies, logs and terminals. */
function withoutKeys(details: ErrorDetails): ErrorDetails {
  const hidden = <Value>(value: Value): Value | string =>
    typeof value === 'string' ? hideKeys(value) : value;
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(hidden) : hidden(value),
    ]),
  );
}

const longestDetail = 200;

function fillMessage(template: string, details: ErrorDetails): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const value = details[name];
    if (value === undefined) return place;
    // A list is given whole, since what its reader looks for may stand anywhere in it.
    return Array.isArray(value) ? value.map(bounded).join(', ') : bounded(value);
  });
}

function bounded(value: unknown): string {
  const text = String(value);
  if (text.length <= longestDetail) return text;
  return `${text.slice(0, longestDetail)}… (${text.length} characters)`;
}
