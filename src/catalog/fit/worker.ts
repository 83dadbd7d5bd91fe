// A thread of the bandwidth measurement: reads its block several times and answers with the milliseconds of the fastest.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/index.ts';
import type { ReaderTask } from './memory-bandwidth.ts';

const { blockBytes, passes } = workerData as ReaderTask;
const block = Buffer.alloc(blockBytes, 1);
const times = Array.from({ length: passes }, () => {
  const start = systemClock.monotonic();
  block.indexOf(0);
  return systemClock.monotonic() - start;
});
parentPort?.postMessage(Math.min(...times));
