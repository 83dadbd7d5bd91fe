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
  /** Requests that may wait for a slot of one engine. */
  readonly queue: number;
};

export const defaultLimits: GatewayLimits = {
  headerBytes: 16 * 1024,
  bodyBytes: 1024 * 1024,
  headerMs: 10_000,
  bodyMs: 30_000,
  writeStallMs: 30_000,
  keepAliveMs: 72_000,
  silenceMs: 15_000,
  queue: 64,
};
