// The Idempotency-Key of requests to models: the first one with a key runs, and a repeat of it, from the same API key and to the
// same route, gets the stored answer or learns what became of it. Requests without the header take no part in this.
import { TiegelError } from '../base/index.ts';
import type { Principal, RequestRecord } from '../traffic/index.ts';
import type { GatewayContext } from './context.ts';
import type { ErrorWords } from './dialects/dialect.ts';
import type { ChunkWriter } from './http/chunk-writer.ts';
import { sendText } from './http/send-json.ts';
import type { GatewayRequest } from './request.ts';
import { withDeadline } from './settlement.ts';

/** The body of an answer that was given in full, a stream as the text of all its events. */
export type StoredAnswer = { readonly contentType: string; readonly text: string };

export type KeyedRequest = {
  readonly requestId: string;
  readonly principal: Principal;
  readonly route: string;
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
};

export type KeyedRun = {
  /** Called once, when what the request used was settled. */
  readonly end: (record: RequestRecord, answer: StoredAnswer | undefined) => Promise<void>;
};

/** `request` is the identifier of the one that came first. */
export type KeyedBegin =
  | { readonly type: 'begun'; readonly run: KeyedRun }
  | { readonly type: 'running'; readonly request: string }
  | { readonly type: 'other-body'; readonly request: string }
  | {
      readonly type: 'done';
      readonly request: string;
      readonly outcome: string;
      readonly promptTokens: number;
      readonly completionTokens: number;
      /** Undefined where it is not kept. */
      readonly answer: StoredAnswer | undefined;
    };

/** Of all requests with the same key that come to any node, exactly one is told that it has begun. */
export type BeginKeyed = (request: KeyedRequest) => Promise<KeyedBegin>;

/** What is longer is not kept. */
export const maxAnswerCharacters: number = 1024 * 1024;
const maxKeyCharacters = 255;
const retryAfterMs = 1000;

/** Whether the request takes part. */
export function isKeyed(
  { beginKeyed }: Pick<GatewayContext, 'beginKeyed'>,
  { raw }: GatewayRequest,
): boolean {
  return beginKeyed !== undefined && raw.headers['idempotency-key'] !== undefined;
}

/**
 * Begins a request under its key.
 *
 * @returns the answer that is to be given again, undefined where the request has to run
 * @throws TGL_IDEMPOTENCY_KEY_INVALID, TGL_IDEMPOTENCY_KEY_RUNNING, TGL_IDEMPOTENCY_KEY_REUSED, TGL_IDEMPOTENCY_ANSWER_GONE;
 *   TGL_STORE_UNAVAILABLE where nobody can tell
 */
export async function beginOnce(
  { beginKeyed, limits }: Pick<GatewayContext, 'beginKeyed' | 'limits'>,
  request: GatewayRequest,
  body: Uint8Array,
): Promise<StoredAnswer | undefined> {
  const { id, principal, route, raw } = request;
  if (beginKeyed === undefined || principal === null) return undefined;
  const idempotencyKey = String(raw.headers['idempotency-key']);
  if (!/^[\x21-\x7e]+$/.test(idempotencyKey) || idempotencyKey.length > maxKeyCharacters)
    throw new TiegelError('TGL_IDEMPOTENCY_KEY_INVALID', { limit: maxKeyCharacters });
  const beginning = beginKeyed({ requestId: id, principal, route, idempotencyKey, body });
  const begun = await withDeadline(beginning, limits.settleMs).catch((cause: unknown) => {
    if (TiegelError.isInstance(cause)) throw cause;
    throw new TiegelError('TGL_STORE_UNAVAILABLE', { reason: 'it does not answer' }, { cause });
  });
  switch (begun.type) {
    case 'begun':
      request.keyedRun = begun.run;
      return undefined;
    case 'running':
      throw new TiegelError('TGL_IDEMPOTENCY_KEY_RUNNING', { request: begun.request, retryAfterMs });
    case 'other-body':
      throw new TiegelError('TGL_IDEMPOTENCY_KEY_REUSED', { request: begun.request });
    case 'done': {
      const { answer, type: _, ...outcome } = begun;
      if (answer === undefined) throw new TiegelError('TGL_IDEMPOTENCY_ANSWER_GONE', outcome);
      return answer;
    }
  }
}

/** Keeps what became of a request under its key. The answer that the client gets does not depend on it. */
export async function endKeyed(
  { logger, limits }: Pick<GatewayContext, 'logger' | 'limits'>,
  { id, keyedRun }: GatewayRequest,
  record: RequestRecord,
  answer: StoredAnswer | undefined,
): Promise<void> {
  if (keyedRun === null) return;
  const kept = answer !== undefined && answer.text.length <= maxAnswerCharacters ? answer : undefined;
  try {
    await withDeadline(keyedRun.end(record, kept), limits.settleMs);
  } catch (err) {
    logger.error(
      { requestId: id, err },
      'what became of a request with an idempotency key could not be kept',
    );
  }
}

export function jsonAnswer(body: object): StoredAnswer {
  return { contentType: 'application/json', text: JSON.stringify(body) };
}

/** The same writer, and all that was written by it; undefined where that is more than is kept. */
export function keepWritten(writer: ChunkWriter): {
  readonly writer: ChunkWriter;
  readonly text: () => string | undefined;
} {
  let kept: string | undefined = '';
  return {
    writer: {
      ...writer,
      write: (text) => {
        if (kept !== undefined)
          kept = kept.length + text.length > maxAnswerCharacters ? undefined : kept + text;
        writer.write(text);
      },
    },
    text: () => kept,
  };
}

/** Gives a stored answer again. */
export function sendAgain(
  { limits }: Pick<GatewayContext, 'limits'>,
  request: GatewayRequest,
  { requestIdHeader }: Pick<ErrorWords, 'requestIdHeader'>,
  { contentType, text }: StoredAnswer,
): void {
  const more = ['idempotent-replayed', 'true', 'content-type', contentType];
  sendText(request.response, 200, request.headersWith(requestIdHeader, ...more), text, limits.writeStallMs);
}
