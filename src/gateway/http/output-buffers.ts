// How much of the replies to slow readers is kept in memory. A reply that is kept frees its place in the engine when it has
// been generated instead of when it has been read; what goes beyond the limits holds the engine back.
import type { ServerResponse } from 'node:http';

export type OutputBufferLimits = {
  /** Bytes of one reply. */
  readonly replyBytes: number;
  /** Bytes of all replies together. */
  readonly allBytes: number;
};

export type OutputBuffers = {
  /** Whether more may be added to a reply of which so many bytes wait. */
  readonly mayAdd: (response: ServerResponse, waiting: number) => boolean;
};

/** Below it a reply counts as read in time, and costs nothing to look at. */
const worthCounting = 64 * 1024;

export function createOutputBuffers({ replyBytes, allBytes }: OutputBufferLimits): OutputBuffers {
  const slow = new Set<ServerResponse>();
  return {
    mayAdd: (response, waiting) => {
      if (waiting < worthCounting) return true;
      if (!slow.has(response)) {
        slow.add(response);
        response.once('close', () => slow.delete(response));
      }
      if (waiting >= replyBytes) return false;
      let all = 0;
      for (const reply of slow) all += waitingBytes(reply);
      return all < allBytes;
    },
  };
}

/** What was written and has not left. A response behind another one on its connection has no socket yet. */
export function waitingBytes(response: ServerResponse): number {
  return response.socket?.writableLength ?? response.writableLength;
}
