// How fast this machine reads memory, which is what bounds decoding on a CPU: every token reads all weights. One thread
// a core searches a block for a byte that is not there (the C library's vectorised memchr). Of each thread the fastest
// pass counts, so that other programs disturb little; while they run, decoding does not reach that speed.
import { Worker } from 'node:worker_threads';

/** Of all blocks together: more than the caches of most machines hold. */
const totalBytes = 256 * 2 ** 20;
const smallestBlock = 32 * 2 ** 20;

/** What a thread is told. */
export type ReaderTask = { readonly blockBytes: number; readonly passes: number };

const passes = 8;

/**
 * Bytes a second, all threads together; takes well below a second on an idle machine.
 *
 * @param threads as many as the engine decodes with.
 */
export async function measureMemoryBandwidth(threads: number): Promise<number> {
  const blockBytes = Math.max(smallestBlock, Math.floor(totalBytes / threads));
  const rates = Array.from({ length: threads }, () => bytesPerSecond({ blockBytes, passes }));
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

async function bytesPerSecond(task: ReaderTask): Promise<number> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  try {
    const milliseconds = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return task.blockBytes / (milliseconds / 1000);
  } finally {
    await worker.terminate();
  }
}
