// A turn as server-sent events, straight to the socket. What arrives in one turn of the event loop is one write; a
// slow client holds the engine back, and at most `bufferedCharacters` beside the socket's own buffer.
import type { ServerResponse } from 'node:http';
import type { ConverseEnd, StreamPart } from '../reasoning/index.ts';
import type { ChatCompletionChunk, ErrorEnvelope } from '../wire/index.ts';
import { type CompletionIdentity, usageOf } from './completion.ts';
import { createDeltaBuffer } from './delta-buffer.ts';

export type CompletionStreamOptions = {
  readonly identity: CompletionIdentity;
  readonly includeUsage: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly writeStallMs: number;
  /** Aborts when the client has gone or the server is about to stop. */
  readonly signal: AbortSignal;
  /** What the client is told when the turn fails after its first byte. */
  readonly describe: (error: unknown) => ErrorEnvelope;
};

const bufferedCharacters = 64 * 1024;

/**
 * Writes `first` and the parts after it as they come, then the finish reason, the usage where asked for, and `[DONE]`. A failure becomes an
 * error event without `[DONE]`, so that a cut stream never looks like a whole one, and is thrown again.
 */
export async function streamCompletion(
  response: ServerResponse,
  first: StreamPart,
  rest: AsyncGenerator<StreamPart, void>,
  options: CompletionStreamOptions,
): Promise<ConverseEnd> {
  const { identity, headers, writeStallMs, signal } = options;
  const head = JSON.stringify(chunkHead(identity)).slice(0, -1);
  const deltas = createDeltaBuffer(head);
  let turn: NodeJS.Immediate | undefined;
  const flush = (): void => {
    clearImmediate(turn);
    turn = undefined;
    if (!response.destroyed) response.write(deltas.take());
  };

  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  try {
    for (let part: StreamPart | undefined = first; part !== undefined; part = await nextOf(rest)) {
      if (part.type === 'end') {
        clearImmediate(turn);
        response.end(deltas.take() + closingEvents(part, options));
        return part;
      }
      if (part.type !== 'reasoning-delta' && part.type !== 'answer-delta') continue;
      deltas.add(part.type, part.text);
      turn ??= setImmediate(flush);
      if (deltas.size() >= bufferedCharacters) flush();
      if (response.writableNeedDrain) await drained(response, writeStallMs, signal);
    }
    throw new TypeError('streamCompletion: the stream of parts has no end part');
  } catch (error) {
    clearImmediate(turn);
    if (!response.destroyed) {
      response.end(`${deltas.take()}data: ${JSON.stringify(options.describe(error))}\n\n`);
    }
    throw error;
  } finally {
    // Frees the engine's sequence: a generator that is merely not asked any more would keep it for ever.
    await rest.return();
  }
}

async function nextOf(parts: AsyncGenerator<StreamPart, void>): Promise<StreamPart | undefined> {
  return (await parts.next()).value ?? undefined;
}

function chunkHead({ id, created, model }: CompletionIdentity): Omit<ChatCompletionChunk, 'choices'> {
  return { id, object: 'chat.completion.chunk', created, model };
}

function closingEvents(end: ConverseEnd, { identity, includeUsage }: CompletionStreamOptions): string {
  const finish: ChatCompletionChunk = {
    ...chunkHead(identity),
    choices: [{ index: 0, delta: {}, finish_reason: end.finish }],
    x_tiegel: { thinking: end.thinking },
  };
  const usage: ChatCompletionChunk = { ...chunkHead(identity), choices: [], usage: usageOf(end) };
  const usageEvent = includeUsage ? `data: ${JSON.stringify(usage)}\n\n` : '';
  return `data: ${JSON.stringify(finish)}\n\n${usageEvent}data: [DONE]\n\n`;
}

/** Waits until the client has taken what was written, has gone, or has taken nothing for so long that we hang up. */
function drained(response: ServerResponse, stallMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(deadline);
      response.removeListener('drain', done);
      response.removeListener('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const deadline = setTimeout(() => response.destroy(), stallMs);
    response.once('drain', done);
    response.once('close', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || response.destroyed) done();
  });
}
