// A streamed body, straight to the socket: one write for all that came up within a turn of the event loop, where
// ServerResponse makes four for each chunk (size, line end, data, line end).
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/index.ts';
import { type OutputBuffers, waitingBytes } from './output-buffers.ts';
import { hangUpOnStall } from './send-json.ts';
import type { WriteBatcher } from './write-batcher.ts';

export type ChunkWriter = {
  /** Writes the head as well, the first time. */
  readonly write: (text: string) => void;
  /** Something was written: from now on a failure has to be told in the body. */
  readonly hasBegun: () => boolean;
  /** The client takes more slowly than we write, and no more is kept for it. */
  readonly isFull: () => boolean;
  /** Waits until the client has taken what was written or has gone; hangs up when it takes too long. */
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly end: (text: string) => void;
};

export type ChunkWriterOptions = {
  /** Names and values in turns. */
  readonly headers: readonly string[];
  readonly batchWrites: WriteBatcher;
  readonly buffers: OutputBuffers;
  /** A client that takes nothing for so long is gone. */
  readonly stallMs: number;
  /** So is one that has had the engine wait for it so long in all. */
  readonly slowReaderMs: number;
  readonly clock: Clock;
  /** What comes after the first piece is gathered for so long before it is written. @default 0 as soon as the turn of the loop ends */
  readonly gatherMs?: number;
};

/** More than that is written at once. */
const maxPending = 64 * 1024;

/** The head goes out with the first piece, so that until then the reply may still become a refusal. */
export function createChunkWriter(response: ServerResponse, options: ChunkWriterOptions): ChunkWriter {
  const { headers, batchWrites, buffers, stallMs, clock, gatherMs = 0 } = options;
  let patienceMs = options.slowReaderMs;
  let pending = '';
  let begun = false;

  const flush = (): void => {
    const text = pending;
    pending = '';
    if (text === '' || response.destroyed || response.writableEnded) return;
    const { socket } = response;
    // A response behind another one on its connection has no socket yet, and HTTP/1.0 knows no chunks.
    if (!response.headersSent || socket === null || !response.chunkedEncoding) {
      if (!response.headersSent) response.writeHead(200, [...headers]);
      response.write(text);
      return;
    }
    const bytes = Buffer.byteLength(text);
    // Plain ASCII need not be encoded.
    const encoding = bytes === text.length ? 'latin1' : 'utf8';
    socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, encoding);
  };

  const flushLater = (): void => {
    if (gatherMs > 0 && response.headersSent) setTimeout(flush, gatherMs);
    else batchWrites(flush);
  };

  return {
    write: (text) => {
      begun = true;
      if (pending === '') flushLater();
      pending += text;
      if (pending.length >= maxPending) flush();
    },
    hasBegun: () => begun,
    isFull: () => !buffers.mayAdd(response, pending.length + waitingBytes(response)),
    drained: async (signal) => {
      flush();
      const { socket } = response;
      if (!(socket?.writableNeedDrain ?? response.writableNeedDrain)) return;
      const started = clock.monotonic();
      await drained(response, Math.min(stallMs, patienceMs), signal);
      patienceMs -= clock.monotonic() - started;
    },
    end: (text) => {
      begun = true;
      pending += text;
      batchWrites(() => {
        if (response.destroyed) return;
        if (!response.headersSent) response.writeHead(200, [...headers]);
        response.end(pending);
        pending = '';
        hangUpOnStall(response, stallMs);
      });
    },
  };
}

/** Waits until the client has taken all that was written, has gone, or the signal aborts; hangs up at the deadline. */
export function drained(response: ServerResponse, deadlineMs: number, signal: AbortSignal): Promise<void> {
  const target = response.socket ?? response;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(deadline);
      target.removeListener('drain', done);
      response.removeListener('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const deadline = setTimeout(() => response.destroy(), deadlineMs);
    target.once('drain', done);
    response.once('close', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || response.destroyed) done();
  });
}
