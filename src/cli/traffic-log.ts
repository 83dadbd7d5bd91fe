// A log of traffic that a command names, line by line, with a key of hashes that is used once.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemEntropy, TiegelError } from '../base/index.ts';
import { type GuardScore, type ReplayedWeek, readTraffic, replayTraffic } from '../guard/index.ts';

/** @throws TGL_USAGE for a file that cannot be read; TGL_GUARD_TRAFFIC_INVALID */
export async function replayFile(
  file: string,
  score: GuardScore,
  look?: Parameters<typeof replayTraffic>[3],
): Promise<readonly ReplayedWeek[]> {
  const stream = createReadStream(file);
  const opened = new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve()).once('error', reject);
  });
  await opened.catch((cause: NodeJS.ErrnoException) => {
    throw new TiegelError('TGL_USAGE', { problem: `${file} cannot be read: ${cause.code}` }, { cause });
  });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const key = new DataView(systemEntropy(8).slice().buffer);
  return replayTraffic(readTraffic(lines), score, [key.getInt32(0), key.getInt32(4)], look);
}
