// A streamed body, straight to the socket: one write for all that came up within a turn of the event loop, where
// ServerResponse makes four for each chunk (size, line end, data, line end).
import type { ServerResponse } from 'node:http';
import { hangUpOnStall } from './send-json.ts';
import type { EndOfTurn } from './write-batcher.ts';

export type ChunkWriter = {
  /** Writes the head as well, the first time. */
  readonly write: (text: string) => void;
  /** Something was written: from now on a failure has to be told in the body. */
  readonly hasBegun: () => boolean;
  /** The client takes more slowly than we write. */
  readonly isFull: () => boolean;
  /** Waits until the client has taken what was written or has gone; hangs up when it takes nothing for too long. */
  readonly drained: (signal: AbortSignal) => Promise<void>;
  readonly end: (text: string) => void;
};

export type ChunkWriterOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly endOfTurn: EndOfTurn;
  /** A client that takes nothing for so long is gone. */
  readonly stallMs: number;
};

const mostCharacters = 64 * 1024;

/** The head goes out with the first piece, so that until then the reply may still become a refusal. */
export function createChunkWriter(
  response: ServerResponse,
  { headers, endOfTurn, stallMs }: ChunkWriterOptions,
): ChunkWriter {
  let pending = '';
  let begun = false;

  const flush = (): void => {
    const text = pending;
    pending = '';
    if (text === '' || response.destroyed || response.writableEnded) return;
    const { socket } = response;
    // A response behind another one on its connection has no socket yet, and HTTP/1.0 knows no chunks.
    if (!response.headersSent || socket === null || !response.chunkedEncoding) {
      if (!response.headersSent) response.writeHead(200, headers);
      response.write(text);
      return;
    }
    const bytes = Buffer.byteLength(text);
    // Plain ASCII need not be encoded.
    const encoding = bytes === text.length ? 'latin1' : 'utf8';
    socket.write(`${bytes.toString(16)}\r\n${text}\r\n`, encoding);
  };
  const isBlocked = (): boolean => response.socket?.writableNeedDrain ?? response.writableNeedDrain;

  return {
    write: (text) => {
      begun = true;
      if (pending === '') endOfTurn(flush);
      pending += text;
    },
    hasBegun: () => begun,
    isFull: () => pending.length >= mostCharacters || isBlocked(),
    drained: async (signal) => {
      flush();
      if (isBlocked()) await drained(response, stallMs, signal);
    },
    end: (text) => {
      begun = true;
      pending += text;
      endOfTurn(() => {
        if (response.destroyed) return;
        if (!response.headersSent) response.writeHead(200, headers);
        response.end(pending);
        pending = '';
        hangUpOnStall(response, stallMs);
      });
    },
  };
}

function drained(response: ServerResponse, stallMs: number, signal: AbortSignal): Promise<void> {
  const target = response.socket ?? response;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(deadline);
      target.removeListener('drain', done);
      response.removeListener('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const deadline = setTimeout(() => response.destroy(), stallMs);
    target.once('drain', done);
    response.once('close', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted || response.destroyed) done();
  });
}
