// Digests open files, in a thread of its own: a model of many gigabytes would keep the event loop from everybody else.
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const chunkBytes = 1024 * 1024;

function digestOfDescriptor(descriptor: number): string {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(chunkBytes);
  for (let position = 0; ; ) {
    const count = readSync(descriptor, buffer, 0, chunkBytes, position);
    if (count === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, count));
    position += count;
  }
}

parentPort?.postMessage((workerData as readonly number[]).map(digestOfDescriptor));
