// The stage `quantise`: writes the weights so far as GGUF files of the named types, beside the exact F32 file that every
// run ends with. With `measured`, the weights as each type stores them are evaluated beside the exact ones.
import { z } from 'zod';
import { digestOfFile } from '../../base/index.ts';
import { type WritableType, writableTypes } from '../../formats/index.ts';
import { exportModel } from '../export.ts';
import { readWeights } from '../starting-weights.ts';
import { compareCandidates } from './arms.ts';
import { stageName } from './fields.ts';
import type { StageKind } from './stage-kind.ts';

export type QuantiseStage = {
  readonly stage: 'quantise';
  readonly name: string;
  readonly types: readonly WritableType[];
  readonly measured?: boolean | undefined;
};

export const quantiseStage: StageKind<QuantiseStage> = {
  schema: z.strictObject({
    stage: z.literal('quantise'),
    name: stageName,
    types: z
      .array(z.unknown())
      .min(1)
      .max(writableTypes.length)
      .pipe(z.array(z.enum(writableTypes))),
    measured: z.boolean().optional(),
  }),
  imitatesData: () => false,
  async run(run, { stage, directory, start }) {
    const { recipe, tokenizer, context } = run;
    const exported = { values: start, shape: context.shape, tokenizer, name: recipe.name };
    const written = stage.types.map((type) => ({
      name: type.toLowerCase(),
      path: exportModel(exported, type, run.directory),
    }));
    const digests = written.map(async ({ name, path }) => [name, await digestOfFile(path)] as const);
    const files = Object.fromEntries(await Promise.all(digests));
    const result = { stage: 'quantise', name: stage.name, files } as const;
    if (!stage.measured) return { result, values: start };
    const arms = await compareCandidates(run, directory, [
      ...written.map(({ name, path }) => ({ name, flops: 0, values: readWeights(path, context.shape) })),
      { name: 'f32', flops: 0, values: start },
    ]);
    return { result: { ...result, arms }, values: start };
  },
};
