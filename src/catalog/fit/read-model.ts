// The model in a weights file with the adapters that are applied to it, as far as memory and speed depend on it.
import { openGguf, readDecoder } from '../../formats/index.ts';
import type { Model } from './memory-needs.ts';

/** @throws TGL_FILE_NOT_FOUND, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED */
export function readModel(path: string, adapterPaths: readonly string[] = []): Model {
  using gguf = openGguf(path);
  const added = adapterPaths.flatMap((adapterPath) => {
    using adapter = openGguf(adapterPath);
    return adapter.tensors;
  });
  return { shape: readDecoder(gguf), tensors: [...gguf.tensors, ...added] };
}
