// How a model lies in the runtime and is evaluated there. A table says it by the model's size; what was measured at the first load
// on a machine, or the operator, may say otherwise.
import { z } from 'zod';
import { attentions, cacheKinds, type EngineLayout, type LayoutWishes } from '../../../base/index.ts';

const mostThreads = 1024;

const parts = {
  threads: z.int().min(1).max(mostThreads),
  attention: z.enum(attentions),
  caches: z.enum(cacheKinds),
};

export const layoutSchema: z.ZodType<EngineLayout> = z.strictObject(parts);
export const layoutWishesSchema: z.ZodType<LayoutWishes> = z.strictObject(parts).partial();

/**
 * Below this size a second thread costs more than it wins (measured 75 tokens per second against 2,200), flash attention
 * costs 1.4 to 3.4 times on a CPU, and one cache for all sequences is faster than one for each.
 */
const smallModelBytes = 50e6;

/** @param bytes of its weights. */
export function isSmallModel(bytes: number): boolean {
  return bytes < smallModelBytes;
}

/**
 * The table.
 *
 * @param bytes of the model's weights.
 * @param cores that compute at the same time.
 */
export function usualLayout(
  { bytes, hasGpu }: { readonly bytes: number; readonly hasGpu: boolean },
  cores: number,
): EngineLayout {
  if (!isSmallModel(bytes)) return { threads: cores, attention: 'flash', caches: 'each' };
  return { threads: 1, attention: hasGpu ? 'flash' : 'plain', caches: 'one' };
}

/** The table, but for what is wished. */
export function layoutWith(usual: EngineLayout, wishes: LayoutWishes): EngineLayout {
  return {
    threads: wishes.threads ?? usual.threads,
    attention: wishes.attention ?? usual.attention,
    caches: wishes.caches ?? usual.caches,
  };
}

/** Other values of each part that are worth a trial, in the order in which they are tried. */
export type LayoutAlternatives = { readonly [Part in keyof EngineLayout]: readonly EngineLayout[Part][] };

/**
 * What of a model's layout can be told by a short trial. For a larger one only its threads: plain attention takes memory that nobody
 * planned, and what one cache costs grows with all conversations in it, further than a trial of seconds reads. A small one leaves a core to
 * those who send its thousands of tokens a second, whom the trial does not see.
 *
 * @param cores that compute at the same time.
 * @param usable threads that the system runs at the same time; two may share a core.
 */
export function layoutAlternatives(bytes: number, cores: number, usable: number): LayoutAlternatives {
  const isSmall = isSmallModel(bytes);
  const counts = isSmall ? [1, cores / 2, cores - 1] : [cores / 2, cores, usable];
  return {
    attention: isSmall ? attentions : [],
    caches: isSmall ? cacheKinds : [],
    threads: [...new Set(counts.map((count) => Math.max(1, Math.ceil(count))))],
  };
}

/** @example describeLayout({ threads: 2, attention: 'flash', caches: 'each' }) // → '2 threads, flash attention, a cache for each sequence' */
export function describeLayout({ threads, attention, caches }: EngineLayout): string {
  const kept = caches === 'one' ? 'one cache' : 'a cache for each sequence';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}, ${attention} attention, ${kept}`;
}
