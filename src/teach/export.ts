// Writes weights as files that other programs load: GGUF with tokenizer and template inside, in F32 (exact, to continue from
// and to compare with) or quantised (for serving); and a directory for further training with transformers, TRL and verl.
import { join } from 'node:path';
import {
  qwen2Metadata,
  type Tokenizer,
  tiegelTemplate,
  type WritableType,
  writeGguf,
  writeTransformersModel,
} from '../formats/index.ts';
import { type ModelShape, parameterShapes } from './model.ts';

export type Exported = {
  /** float32 [parameters], in the order of `parameterShapes` */
  readonly values: Float32Array;
  readonly shape: ModelShape;
  readonly tokenizer: Tokenizer;
  /** Name of the recipe. */
  readonly name: string;
};

/** Writes `model.TYPE.gguf` into the directory and returns its path. @throws TGL_DISK_FULL */
export function exportModel(exported: Exported, type: WritableType, directory: string): string {
  const { shape, tokenizer, name } = exported;
  const path = join(directory, `model.${type.toLowerCase()}.gguf`);
  writeGguf(path, {
    metadata: qwen2Metadata(shape, tokenizer, {
      name: `tiegel-${name}`,
      license: 'apache-2.0',
      template: tiegelTemplate,
      type,
    }),
    // A weight [out, in] in row-major order is what GGUF calls [in, out].
    tensors: tensorsOf(exported).map((tensor) => ({ ...tensor, shape: tensor.shape.toReversed(), type })),
  });
  return path;
}

/** Writes the directory `hf` for transformers, with F32 weights, and returns their path. @throws TGL_DISK_FULL */
export function exportTransformers(exported: Exported, directory: string): string {
  const { shape: configuration, tokenizer } = exported;
  const content = { configuration, tokenizer, template: tiegelTemplate, tensors: tensorsOf(exported) };
  return writeTransformersModel(join(directory, 'hf'), content);
}

function tensorsOf({ values, shape }: Exported): readonly {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}[] {
  let end = 0;
  return parameterShapes(shape).map(({ name, shape: dimensions }) => {
    const start = end;
    end += dimensions.reduce((product, dimension) => product * dimension, 1);
    return { name, shape: dimensions, data: values.subarray(start, end) };
  });
}
