// What went wrong with a server, in our words: its own may quote prompts, keys and addresses, and go no further. Each
// fault says whose it is, which decides whether another replica is asked and whether the breaker counts it.
import { TiegelError } from '../../base/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';

export type UpstreamFault = {
  readonly error: unknown;
  /** `replica`: it is broken; `busy`: it said so; `request`: any replica would say the same. */
  readonly blame: 'replica' | 'busy' | 'request';
  readonly retryAfterMs?: number;
};

/** Thrown where the answer of a server itself is the fault. */
class UpstreamRefusal extends Error {
  readonly fault: UpstreamFault;

  constructor(fault: UpstreamFault) {
    super('the server refused');
    this.fault = fault;
  }
}

const longestErrorText = 64 * 1024;
const defaultRetryMs = 1_000;
const longestRetryMs = 60_000;

type Subject = { readonly model: string; readonly contextLength: number };

const replyTypes = {
  'text/event-stream': 'a stream of events',
  'application/json': 'a JSON document',
} as const;

export type ReplyType = keyof typeof replyTypes;

/** @throws UpstreamRefusal unless it is the beginning of a reply of that type */
export async function requireReply(
  response: OutboundResponse,
  type: ReplyType,
  subject: Subject,
): Promise<void> {
  const { status, headers } = response;
  if (status !== 200) throw new UpstreamRefusal(await faultOfStatus(response, subject));
  const received = /^[^;\s]*/.exec(headers['content-type'] ?? '')?.[0];
  if (received?.toLowerCase() === type) return;
  throw new UpstreamRefusal(failed(subject, `it answered with something else than ${replyTypes[type]}`));
}

async function faultOfStatus(response: OutboundResponse, subject: Subject): Promise<UpstreamFault> {
  const { status, headers } = response;
  const { model, contextLength } = subject;
  if (status === 429 || status === 503) {
    const retryAfterMs = retryAfter(headers['retry-after']);
    const error = new TiegelError('TGL_UPSTREAM_BUSY', { model, retryAfterMs });
    return { error, blame: 'busy', retryAfterMs };
  }
  if (status >= 500 || status === 408 || status < 400)
    return failed(subject, `it answered with status ${status}`);
  if (status === 401 || status === 403) return unusable(subject, 'it does not accept the key');
  if (status === 404) return unusable(subject, 'it does not know the model or the path');
  if ((status === 400 || status === 413) && (await speaksOfContext(response))) {
    const received = `more than ${contextLength}`;
    const error = new TiegelError('TGL_PROMPT_TOO_LONG', { model, received, limit: contextLength });
    return { error, blame: 'request' };
  }
  return unusable(subject, `it refuses the request with status ${status}`);
}

/** The fault behind whatever an exchange threw. */
export function faultOf(cause: unknown, subject: Subject): UpstreamFault {
  if (cause instanceof UpstreamRefusal) return cause.fault;
  if (!TiegelError.isInstance(cause)) return { error: cause, blame: 'request' };
  const { model } = subject;
  switch (cause.code) {
    case 'TGL_OUTBOUND_TIMEOUT': {
      const { what = '', limitMs = 0 } = cause.details;
      return {
        error: new TiegelError('TGL_UPSTREAM_TIMEOUT', { model, what, limitMs }, { cause }),
        blame: 'replica',
      };
    }
    case 'TGL_OUTBOUND_FAILED':
      return failed(subject, String(cause.details.reason), cause);
    case 'TGL_OUTBOUND_TOO_LARGE':
      return failed(subject, 'it sent more than a reply can hold', cause);
    case 'TGL_OUTBOUND_REFUSED':
      return unusable(subject, 'its address is not allowed', cause);
    case 'TGL_OUTBOUND_OFFLINE':
      return unusable(subject, 'Tiegel was started offline', cause);
    default:
      return { error: cause, blame: cause.code.startsWith('TGL_UPSTREAM_') ? 'replica' : 'request' };
  }
}

function failed({ model }: Subject, reason: string, cause?: unknown): UpstreamFault {
  return { error: new TiegelError('TGL_UPSTREAM_FAILED', { model, reason }, { cause }), blame: 'replica' };
}

function unusable({ model }: Subject, problem: string, cause?: unknown): UpstreamFault {
  return { error: new TiegelError('TGL_UPSTREAM_UNUSABLE', { model, problem }, { cause }), blame: 'request' };
}

/** OpenAI's code, or the words of vLLM, SGLang and llama-server. */
async function speaksOfContext(response: OutboundResponse): Promise<boolean> {
  let text = '';
  try {
    for await (const bytes of response.body) {
      text += Buffer.from(bytes).toString('latin1');
      if (text.length > longestErrorText) break;
    }
  } catch {
    // What arrived has to do.
  }
  return /context_length_exceeded|exceed_context_size|context length|context size|maximum context/i.test(
    text,
  );
}

/** In seconds or as a date; dates are not read, since they would need the server's clock. */
function retryAfter(header: string | undefined): number {
  const seconds = Number(header ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, longestRetryMs) : defaultRetryMs;
}
