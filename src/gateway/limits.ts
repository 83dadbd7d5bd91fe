// Bounds of the gateway in one place. Times in milliseconds, sizes in bytes as they are read from the socket.

export type GatewayLimits = {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** Until the last header byte. */
  readonly headerMs: number;
  /** Until the last body byte, counted from the first header byte. */
  readonly bodyMs: number;
  /** A client that takes nothing for this long while we have something to write is gone. */
  readonly writeStallMs: number;
  readonly keepAliveMs: number;
  /** A stream on which nothing was written for so long gets a comment. */
  readonly silenceMs: number;
  /** A client for which the engine had to wait so long in all while it read its reply is hung up on. */
  readonly slowReaderMs: number;
  /** Of one reply, and of all together, what is kept for clients that read more slowly than the model writes. */
  readonly replyBufferBytes: number;
  readonly outputBufferBytes: number;
  /** Requests that may wait for each engine, and bytes of their bodies. */
  readonly queue: number;
  readonly queueBytes: number;
  /** Settling a request that takes longer has failed; it is tried again after that time. */
  readonly settleMs: number;
  readonly settleRetryMs: number;
  /** Samples that a request may have spent on one reply; below 2 it may ask for no strategy. */
  readonly maxSamples: number;
};

export const defaultLimits: GatewayLimits = {
  headerBytes: 16 * 1024,
  bodyBytes: 1024 * 1024,
  headerMs: 10_000,
  bodyMs: 30_000,
  writeStallMs: 30_000,
  keepAliveMs: 72_000,
  silenceMs: 15_000,
  slowReaderMs: 60_000,
  replyBufferBytes: 1024 * 1024,
  outputBufferBytes: 64 * 1024 * 1024,
  queue: 64,
  queueBytes: 32 * 1024 * 1024,
  settleMs: 10_000,
  settleRetryMs: 1000,
  maxSamples: 16,
};
