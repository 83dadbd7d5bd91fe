// A thread of the bandwidth measurement: reads its block each time it is told to, then says so.
import { parentPort, workerData } from 'node:worker_threads';

const block = Buffer.alloc(workerData as number, 1);

parentPort?.on('message', () => {
  block.indexOf(0);
  parentPort?.postMessage('read');
});
