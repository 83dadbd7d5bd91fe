// How fast this machine reads memory, which is what bounds decoding on a CPU: every token reads all weights. One thread
// a core searches a block for a byte that is not there (the C library's vectorised memchr). A lower bound: other
// programs that run at the moment count against it.
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../../base/index.ts';

const blockBytes = 64 * 2 ** 20;
/** Times a thread reads its block; the fastest counts, which disturbs least. */
const passes = 6;

/**
 * Bytes a second, all threads together; takes well below a second on an idle machine.
 *
 * @param threads as many as the engine decodes with.
 */
export async function measureMemoryBandwidth(threads: number, clock: Clock = systemClock): Promise<number> {
  const readers = Array.from({ length: threads }, startReader);
  try {
    let fastest = Number.POSITIVE_INFINITY;
    for (let pass = 0; pass < passes; pass++) {
      const start = clock.monotonic();
      await Promise.all(readers.map(({ read }) => read()));
      fastest = Math.min(fastest, clock.monotonic() - start);
    }
    return (threads * blockBytes) / (fastest / 1000);
  } finally {
    await Promise.all(readers.map(({ close }) => close()));
  }
}

type Reader = { readonly read: () => Promise<void>; readonly close: () => Promise<unknown> };

function startReader(): Reader {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: blockBytes });
  return {
    read: () =>
      new Promise((resolve, reject) => {
        worker.once('message', () => resolve());
        worker.once('error', reject);
        worker.postMessage('read');
      }),
    close: () => worker.terminate(),
  };
}
