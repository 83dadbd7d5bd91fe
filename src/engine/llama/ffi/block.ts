// A block of native memory that somebody has to give back: what is stored of sequences is large, and its budget cannot wait
// for the collector.
import koffi from 'koffi';
import type { Pointer } from './interface.ts';

export type Block = Disposable & { readonly address: Pointer; readonly bytes: number };

export function allocateBlock(bytes: number): Block {
  const address = koffi.address(koffi.alloc('uint8_t', bytes));
  return { address, bytes, [Symbol.dispose]: () => koffi.free(address) };
}
