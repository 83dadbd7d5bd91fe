// Contexts of a model in any layout.
import type { EngineLayout } from '../../../base/index.ts';
import {
  type ContextOptions,
  createContext,
  createThreadPool,
  type NativeContext,
  type ThreadPool,
} from '../ffi/context.ts';
import type { Library } from '../ffi/library.ts';
import type { NativeModel } from '../ffi/model.ts';
import { createSoloContext } from '../solo-context.ts';
import { isSmallModel } from './layout.ts';

type ContextSize = Pick<ContextOptions, 'sequences' | 'contextLength' | 'batch' | 'outputs'>;

export type OpenContext = (layout: EngineLayout, size: ContextSize) => NativeContext;

/** What it opens has threads in common. @throws what `createContext` throws, when it is called */
export function contextOpener(
  library: Library,
  model: NativeModel,
  shared: Pick<ContextOptions, 'adapters' | 'abortFlag'>,
): OpenContext {
  const pools = new Map<number, ThreadPool>();
  const poolOf = (threads: number): ThreadPool => {
    const pool = pools.get(threads) ?? createThreadPool(library, threads);
    pools.set(threads, pool);
    return pool;
  };
  return (layout, size) =>
    createContext(library, model, poolOf(layout.threads), {
      ...{ ...shared, ...size, cacheType: 'F16', unified: isUnified(layout, size.sequences) },
      flashAttention: layout.attention === 'flash' ? 'automatic' : 'off',
    });
}

/** Whether its sequences lie in one cache. */
export function isUnified({ caches }: EngineLayout, sequences: number): boolean {
  return caches === 'one' && sequences > 1;
}

/** Whether a sequence that is alone gets a context of its own, for which a larger model has no room. */
export function hasSolo({ device }: Library, { size }: NativeModel): boolean {
  return device === 'cpu' && isSmallModel(size);
}

/** The context that generations share, with another one for a sequence that is alone where `solo` says so. */
export function openServing(
  open: OpenContext,
  layout: EngineLayout,
  size: ContextSize & { readonly outputs: number },
  solo: boolean,
): NativeContext {
  const { sequences, outputs } = size;
  const shared = open(layout, size);
  if (!solo || !isUnified(layout, sequences)) return shared;
  return createSoloContext(shared, open(layout, { ...size, sequences: 1, outputs: outputs / sequences }));
}
