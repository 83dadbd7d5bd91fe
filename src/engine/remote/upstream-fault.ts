// What went wrong with a server, and whose it is, which decides whether another replica is asked and whether the breaker
// counts it. What says something about a request is told to its client in the server's own words, bounded and escaped;
// everything else in ours, since a server's words may quote keys and addresses of the operator.
import { oneLine, shortened, TiegelError } from '../../base/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';
import type { ChunkFault } from './completion-chunk.ts';
import { errorBytes } from './reply-limits.ts';
import { retryAfterMs } from './retry-after.ts';
import { type ServerError, serverErrorIn } from './server-error.ts';

export type UpstreamFault = {
  readonly error: unknown;
  /** `replica`: it is broken; `busy`: it said so; `request`: any replica would say the same. */
  readonly blame: 'replica' | 'busy' | 'request';
  readonly retryAfterMs?: number;
};

/** The server behind a model, as far as a fault of it is told to anybody. */
export type Upstream = {
  readonly model: string;
  readonly contextLength: number;
  /** What no client may read, should the server quote it: the key that it was sent. */
  readonly secrets: readonly string[];
};

/** Thrown where the answer of a server itself is the fault. */
export class UpstreamRefusal extends Error {
  readonly fault: UpstreamFault;

  constructor(fault: UpstreamFault) {
    super('the server refused');
    this.fault = fault;
  }
}

const longestWords = 300;

const replyTypes = ['text/event-stream', 'application/json'] as const;

export type ReplyType = (typeof replyTypes)[number];

/**
 * The form in which a reply comes, which need not be the one that was asked for.
 *
 * @param refusalMs that the body of a refusal may take
 * @throws UpstreamRefusal unless it is the beginning of a reply
 */
export async function replyType(
  response: OutboundResponse,
  upstream: Upstream,
  refusalMs: number,
): Promise<ReplyType> {
  const { status, headers } = response;
  if (status !== 200) throw new UpstreamRefusal(await faultOfRefusal(response, upstream, refusalMs));
  const received = /^[^;\s]*/.exec(headers['content-type'] ?? '')?.[0].toLowerCase();
  const type = replyTypes.find((one) => one === received);
  if (type !== undefined) return type;
  throw new UpstreamRefusal(failed(upstream, 'it answered with neither a stream of events nor JSON'));
}

async function faultOfRefusal(
  response: OutboundResponse,
  upstream: Upstream,
  refusalMs: number,
): Promise<UpstreamFault> {
  const { status, headers } = response;
  const text = await beginningOf(response, refusalMs);
  const said = serverErrorIn(jsonOf(text)) ?? { kinds: [], words: plainText(text, headers) };
  return faultOfError({ ...said, status }, upstream, headers);
}

/** @param headers of the reply that it is, for when to come back */
function faultOfError(
  { status, kinds, words }: ServerError & { readonly status: number },
  upstream: Upstream,
  headers: OutboundResponse['headers'] = {},
): UpstreamFault {
  const { model, contextLength } = upstream;
  // The operator's money, which no waiting brings back.
  const unpaid = status === 402 || kinds.includes('insufficient_quota');
  if (unpaid) return unusable(upstream, 'the account that its key belongs to has nothing left to spend');
  if (status === 429 || status === 503 || status === 529) {
    const waitMs = retryAfterMs(headers);
    const error = new TiegelError('TGL_UPSTREAM_BUSY', { model, retryAfterMs: waitMs });
    return { error, blame: 'busy', retryAfterMs: waitMs };
  }
  const filtered = kinds.includes('content_filter');
  if (status === 400 || status === 413 || status === 422 || (status === 403 && filtered)) {
    if (speaksOfContext(words, kinds)) {
      const received = `more than ${contextLength}`;
      const error = new TiegelError('TGL_PROMPT_TOO_LONG', { model, received, limit: contextLength });
      return { error, blame: 'request' };
    }
    const reason = quotable(words, upstream) || `status ${status}`;
    return { error: new TiegelError('TGL_UPSTREAM_REFUSED', { model, reason }), blame: 'request' };
  }
  if (status === 401 || status === 403) return unusable(upstream, 'it does not accept the key');
  if (status === 404) return unusable(upstream, 'it does not know the model or the path');
  if (status >= 500 || status === 408 || status < 400)
    return failed(upstream, `it answered with status ${status}`);
  return unusable(upstream, `it answers with status ${status}`);
}

/** What is wrong with an event or a document. */
export function faultOfChunk(fault: ChunkFault, upstream: Upstream): UpstreamFault {
  switch (fault.type) {
    case 'garbage':
      return failed(upstream, fault.problem);
    case 'error': {
      const { status = 500 } = fault.error;
      const itsOwn = status >= 500 && status !== 503 && status !== 529;
      if (itsOwn) return failed(upstream, 'it broke off with an error');
      return faultOfError({ ...fault.error, status }, upstream);
    }
    case 'unreadable': {
      const { model } = upstream;
      const error = new TiegelError('TGL_UPSTREAM_UNREADABLE', { model, shape: fault.shape });
      return { error, blame: 'request' };
    }
  }
}

/** The fault behind whatever an exchange threw. */
export function faultOf(cause: unknown, upstream: Upstream): UpstreamFault {
  if (cause instanceof UpstreamRefusal) return cause.fault;
  if (!TiegelError.isInstance(cause)) return { error: cause, blame: 'request' };
  const { model } = upstream;
  switch (cause.code) {
    case 'TGL_OUTBOUND_TIMEOUT': {
      const { what = '', limitMs = 0 } = cause.details;
      return {
        error: new TiegelError('TGL_UPSTREAM_TIMEOUT', { model, what, limitMs }, { cause }),
        blame: 'replica',
      };
    }
    case 'TGL_OUTBOUND_FAILED':
      return failed(upstream, String(cause.details.reason), cause);
    case 'TGL_OUTBOUND_TOO_LARGE':
      return failed(upstream, tooMuch, cause);
    case 'TGL_OUTBOUND_REFUSED':
      return unusable(upstream, 'its address is not allowed', cause);
    case 'TGL_OUTBOUND_OFFLINE':
      return unusable(upstream, 'Tiegel was started offline', cause);
    default:
      return { error: cause, blame: cause.code.startsWith('TGL_UPSTREAM_') ? 'replica' : 'request' };
  }
}

export const tooMuch = 'it sent more than the tokens asked for can take';

export function failed({ model }: Pick<Upstream, 'model'>, reason: string, cause?: unknown): UpstreamFault {
  return { error: new TiegelError('TGL_UPSTREAM_FAILED', { model, reason }, { cause }), blame: 'replica' };
}

/** A reply that came to nothing although the server is sound. */
export function givenUp({ model }: Pick<Upstream, 'model'>, reason: string): UpstreamFault {
  return { error: new TiegelError('TGL_UPSTREAM_FAILED', { model, reason }), blame: 'request' };
}

function unusable({ model }: Upstream, problem: string, cause?: unknown): UpstreamFault {
  return { error: new TiegelError('TGL_UPSTREAM_UNUSABLE', { model, problem }, { cause }), blame: 'request' };
}

/** Codes of OpenAI and llama-server, or the words of vLLM, SGLang, Ollama, LM Studio and Mistral. */
function speaksOfContext(words: string, kinds: readonly string[]): boolean {
  if (kinds.some((kind) => kind === 'context_length_exceeded' || kind === 'exceed_context_size_error'))
    return true;
  return /context[_ ]length|context size|maximum context|context window/i.test(words);
}

/** At most so much of the body as an error may take, within the time that one may take. */
async function beginningOf(response: OutboundResponse, limitMs: number): Promise<string> {
  const impatient = setTimeout(() => void response.body.return?.(), limitMs);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > errorBytes) break;
    }
  } catch {
    // What arrived has to do.
  } finally {
    clearTimeout(impatient);
  }
  return Buffer.concat(pieces).subarray(0, errorBytes).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Pages are made for people at the server. */
function plainText(text: string, headers: OutboundResponse['headers']): string {
  return headers['content-type']?.startsWith('text/plain') === true ? text : '';
}

function quotable(words: string, { secrets }: Upstream): string {
  const bounded = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), words.slice(0, errorBytes));
  const line = oneLine(bounded).replaceAll(/\bhttps?:\/\/\S+/gi, '…');
  return shortened(line, longestWords).replace(/[.!]$/, '');
}
