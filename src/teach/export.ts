// From parameters to files that other programs load: GGUF in F32 (for comparing) and Q8_0 (for serving).
import { join } from 'node:path';
import {
  qwen2Metadata,
  type Tokenizer,
  tiegelTemplate,
  type WritableType,
  writeGguf,
} from '../formats/index.ts';
import type { Model } from './model.ts';

/** Paths of the exported files. */
export type ExportedFiles = { readonly f32: string; readonly q8_0: string };

/** Writes `model.f32.gguf` and `model.q8_0.gguf` into the directory. @throws TGL_DISK_FULL */
export function exportModel(
  model: Model,
  tokenizer: Tokenizer,
  name: string,
  directory: string,
): ExportedFiles {
  const write = (fileName: string, type: WritableType): string => {
    const path = join(directory, fileName);
    writeGguf(path, {
      metadata: qwen2Metadata(model.shape, tokenizer, {
        name: `tiegel-${name}`,
        license: 'apache-2.0',
        template: tiegelTemplate,
        type,
      }),
      // A weight [out, in] in row-major order is what GGUF calls [in, out].
      tensors: [...model.parameters.tensors.values()].map((tensor) => ({
        name: tensor.name,
        shape: tensor.shape.toReversed(),
        type,
        data: tensor.values,
      })),
    });
    return path;
  };
  return { f32: write('model.f32.gguf', 'F32'), q8_0: write('model.q8_0.gguf', 'Q8_0') };
}
