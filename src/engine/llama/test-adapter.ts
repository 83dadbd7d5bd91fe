// A LoRA adapter with random weights for the tests of local engines, and beside it the model that base and adapter have to
// be together: every adapted weight W as W + alpha / rank · B A, computed here.
import { dirname, join } from 'node:path';
import { seededRandom } from '../../base/index.ts';
import { type GgufValue, openGguf, requireString, tensorStretches, writeGguf } from '../../formats/index.ts';

const adapted: readonly string[] = [
  'blk.0.attn_q.weight',
  'blk.1.attn_output.weight',
  'blk.1.ffn_down.weight',
];
const rank = 4;
const alpha = 12;

export type TestAdapter = { readonly adapterPath: string; readonly mergedPath: string };

/** @param basePath a model in F32; the files are written beside it. */
export function writeTestAdapter(basePath: string): TestAdapter {
  const [adapterPath, mergedPath] = ['adapter.gguf', 'merged.gguf'].map((name) =>
    join(dirname(basePath), name),
  ) as [string, string];
  const random = seededRandom(7);
  const matrix = (length: number): Float32Array =>
    Float32Array.from({ length }, () => (random.next() - 0.5) * 0.5);
  using base = openGguf(basePath);
  const weights = base.tensors.map((tensor) => {
    const data = Float32Array.from([...tensorStretches(base, tensor)].flatMap((stretch) => [...stretch]));
    return { name: tensor.name, shape: tensor.shape, type: 'F32', data } as const;
  });
  const halves = weights
    .filter(({ name }) => adapted.includes(name))
    .flatMap(({ name, shape: [length = 0, rows = 0], data }) => {
      const [a, b] = [matrix(rank * length), matrix(rows * rank)];
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < length; column++)
          for (let at = 0; at < rank; at++) {
            const product = (b[row * rank + at] as number) * (a[at * length + column] as number);
            data[row * length + column]! += (alpha / rank) * product;
          }
      return [
        { name: `${name}.lora_a`, shape: [length, rank], type: 'F32', data: a },
        { name: `${name}.lora_b`, shape: [rank, rows], type: 'F32', data: b },
      ] as const;
    });
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const metadata = new Map<string, GgufValue>([
    ['general.type', text('adapter')],
    ['general.architecture', text(requireString(base, 'general.architecture'))],
    ['adapter.type', text('lora')],
    ['adapter.lora.alpha', { type: 'float32', value: alpha }],
  ]);
  writeGguf(adapterPath, { metadata, tensors: halves });
  writeGguf(mergedPath, { metadata: base.metadata, tensors: weights });
  return { adapterPath, mergedPath };
}
