// Fetches one file over HTTP: several ranges at a time where the server has them (RFC 9110 section 14), else in one go.
// Every answer has to be the range that was asked for, of the same length and tag as the first one. Whatever breaks is
// tried again from where it broke; what cannot be mended by trying again ends the download and keeps what is here.
import { setTimeout } from 'node:timers/promises';
import { type Disk, diskError, TiegelError } from '../../base/index.ts';
import type { Outbound, OutboundRequest, OutboundResponse } from '../../outbound/index.ts';
import type { ByteRange } from './byte-ranges.ts';
import { failed, type RemoteFile, unexpectedStatus } from './hub.ts';
import { type Identity, openPartialFile, type PartialFile } from './partial-file.ts';

export type DownloadOptions = {
  readonly outbound: Outbound;
  readonly disk: Disk;
  readonly file: RemoteFile;
  /** Where the bytes go; a note lies beside them until the file is complete and forgotten. */
  readonly path: string;
  readonly credentials: NonNullable<OutboundRequest['credentials']>;
  readonly redirects: NonNullable<OutboundRequest['redirects']>;
  readonly signal: AbortSignal;
  /** Bytes that are here now. */
  readonly onReceived: (bytes: number) => void;
  readonly limits: DownloadLimits;
};

export type DownloadLimits = {
  /** Ranges at a time. */
  readonly connections: number;
  /** Bytes of one range. */
  readonly rangeBytes: number;
  /** Bytes after which it is noted what is here: at most so many are lost to a kill. */
  readonly noteBytes: number;
  /** Attempts in a row that bring nothing before one gives up. */
  readonly attempts: number;
  /** Before the second attempt; doubles with each further one. */
  readonly retryMilliseconds: number;
};

export const usualLimits: DownloadLimits = {
  connections: 4,
  rangeBytes: 64 * 2 ** 20,
  noteBytes: 32 * 2 ** 20,
  attempts: 6,
  retryMilliseconds: 500,
};

/** What the server says about a file before any of it is fetched. */
export type Offer = Identity & { readonly ranges: boolean };

/**
 * Length, tag and whether ranges can be had.
 *
 * @throws TGL_PULL_REFUSED, TGL_PULL_FAILED, TGL_PULL_CHANGED where the length is not the promised one, TGL_OUTBOUND_*
 */
export function askForOffer(options: DownloadOptions): Promise<Offer> {
  const { file } = options;
  return persistently(options, async () => {
    using response = await request(options, { range: 'bytes=0-0' }, Number.MAX_SAFE_INTEGER);
    const offer = offerOf(response, file.url);
    if (file.bytes === null || file.bytes === offer.bytes) return offer;
    const problem = `it has ${offer.bytes} bytes, not ${file.bytes}`;
    throw new TiegelError('TGL_PULL_CHANGED', { url: file.url, problem });
  });
}

/**
 * Completes the file at `path`.
 *
 * @throws TGL_PULL_FAILED, TGL_PULL_REFUSED, TGL_PULL_CHANGED, TGL_PULL_RUNNING, TGL_DISK_FULL, TGL_OUTBOUND_*, or the reason of the
 *   signal; what has come so far is kept
 */
export async function download(options: DownloadOptions, { bytes, tag, ranges }: Offer): Promise<void> {
  const { path, disk, limits, signal } = options;
  await using partial = await openPartialFile(path, { bytes, tag }, disk, limits.noteBytes);
  options.onReceived(partial.received());
  const offer = { bytes, tag, ranges };
  const pieces = ranges ? [...partial.missing(limits.rangeBytes)] : [[0, bytes] as const];
  const stop = new AbortController();
  const within = { ...options, signal: AbortSignal.any([signal, stop.signal]) };
  try {
    const worker = async (): Promise<void> => {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        await fetchPiece(within, offer, piece, partial);
      }
    };
    const connections = ranges ? limits.connections : 1;
    await firstFailure(Array.from({ length: connections }, worker), (reason) => stop.abort(reason));
  } catch (cause) {
    throw diskError(path, cause);
  } finally {
    // A note that cannot be written loses progress, which must not hide the reason of the failure.
    await partial.save().catch(() => {});
  }
}

/** Waits for all, also after one failed, so that nobody writes any more; then throws the first failure. */
async function firstFailure(
  running: readonly Promise<void>[],
  stop: (reason: unknown) => void,
): Promise<void> {
  let failure: { readonly reason: unknown } | undefined;
  await Promise.all(
    running.map((one) =>
      one.catch((reason: unknown) => {
        failure ??= { reason };
        stop(reason);
      }),
    ),
  );
  if (failure !== undefined) throw failure.reason;
}

async function fetchPiece(
  options: DownloadOptions,
  offer: Offer,
  [from, to]: ByteRange,
  partial: PartialFile,
): Promise<void> {
  let position = from;
  await persistently(
    options,
    async () => {
      if (!offer.ranges) position = from;
      if (position === to) return;
      using response = await request(options, rangeHeaders(offer, position, to), to - position);
      checkAnswer(response, offer, [position, to], options.file.url);
      for await (const chunk of response.body) {
        await partial.write(position, chunk);
        position += chunk.length;
        options.onReceived(partial.received());
      }
      if (position < to) throw failed(options.file.url, 'the answer ended early');
    },
    () => position,
  );
}

function rangeHeaders({ ranges, tag }: Offer, from: number, to: number): Record<string, string> {
  if (!ranges) return {};
  // A weak tag does not promise the same bytes, so that a server ignores it here.
  const condition = tag === null || tag.startsWith('W/') ? {} : { 'if-range': tag };
  return { range: `bytes=${from}-${to - 1}`, ...condition };
}

function request(
  { outbound, file, credentials, redirects, signal }: DownloadOptions,
  headers: Record<string, string>,
  maxBytes: number,
): Promise<OutboundResponse> {
  return outbound.request({ url: file.url, headers, credentials, redirects, maxBytes, signal });
}

function offerOf({ status, headers }: OutboundResponse, url: string): Offer {
  const tag = headers.etag ?? null;
  if (status === 206) {
    const total = /^bytes 0-0\/(\d{1,15})$/.exec(headers['content-range'] ?? '')?.[1];
    if (total === undefined) throw failed(url, 'the server answers another range than the one asked for');
    return { bytes: Number(total), tag, ranges: true };
  }
  if (status !== 200) throw unexpectedStatus(url, status);
  const length = headers['content-length'];
  if (length === undefined || !/^\d{1,15}$/.test(length))
    throw failed(url, 'the server does not say how long it is');
  return { bytes: Number(length), tag, ranges: false };
}

function checkAnswer(
  { status, headers }: OutboundResponse,
  offer: Offer,
  [from, to]: ByteRange,
  url: string,
): void {
  if (status !== 200 && status !== 206) throw unexpectedStatus(url, status);
  const changed = (headers.etag ?? null) !== offer.tag || status !== (offer.ranges ? 206 : 200);
  if (changed) throw new TiegelError('TGL_PULL_CHANGED', { url, problem: 'it changed on the way' });
  const expected = `bytes ${from}-${to - 1}/${offer.bytes}`;
  if (offer.ranges && headers['content-range'] !== expected) {
    throw failed(url, 'the server answers another range than the one asked for');
  }
}

/**
 * Runs `attempt` again after failures that may pass, waiting longer each time; attempts that got further do not count.
 */
async function persistently<Result>(
  { limits, signal }: DownloadOptions,
  attempt: () => Promise<Result>,
  position: () => number = () => 0,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    const before = position();
    try {
      return await attempt();
    } catch (cause) {
      if (position() > before) failures = 1;
      const passing = TiegelError.isInstance(cause) && cause.retryable && cause.code !== 'TGL_DISK_FULL';
      if (!passing || failures >= limits.attempts || signal.aborted) throw cause;
      await setTimeout(limits.retryMilliseconds * 2 ** (failures - 1), undefined, { signal });
    }
  }
}
