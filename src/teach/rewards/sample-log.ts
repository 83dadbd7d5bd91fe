// A sample of what was rewarded, with its texts, for people who look for rewards that were earned by a trick. Which
// items are kept follows from their ids, so that a repeated request adds nothing new; the file is bounded.
import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, makeDirectory, onDisk } from '../../base/index.ts';
import type { ItemReward, RewardItem } from './protocol.ts';

export type SampleLog = (run: string, step: number, item: RewardItem, reward: ItemReward) => void;

/** Bytes after which the log is set aside as `samples.1.jsonl`, replacing the one before. */
const maxLogBytes = 64 * 2 ** 20;

/** @param oneIn one of this many items is kept */
export function openSampleLog(directory: string, oneIn: number): SampleLog {
  makeDirectory(directory, 0o700);
  const path = join(directory, 'samples.jsonl');
  let bytes = existsSync(path) ? statSync(path).size : 0;
  return (run, step, item, reward) => {
    if (Number.parseInt(digestOf(`${run}\n${item.id}`).slice(0, 8), 16) % oneIn !== 0) return;
    const line = `${JSON.stringify({ run, step, ...item, ...reward })}\n`;
    if (bytes > maxLogBytes) {
      renameSync(path, join(directory, 'samples.1.jsonl'));
      bytes = 0;
    }
    onDisk(path, () => appendFileSync(path, line, { mode: 0o600 }));
    bytes += Buffer.byteLength(line);
  };
}
