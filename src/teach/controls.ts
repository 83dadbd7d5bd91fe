// The controls of a GRPO stage: what the same number of floating-point operations does from the same start by other
// means. Without them, a gain after reinforcement learning says only that training went on.
import { join } from 'node:path';
import { makeDirectory } from '../base/index.ts';
import type { Tokenizer } from '../formats/index.ts';
import { promptedSubset } from './dataset.ts';
import type { Recipe } from './recipe.ts';
import { sampleAndImitate } from './reject.ts';
import { imitate, traces } from './sft.ts';
import type { GrpoStage } from './stage.ts';
import type { StageContext, Training } from './training.ts';

export type Control = { readonly name: string; readonly directory: string; readonly training: Training };

export type ControlOptions = {
  readonly recipe: Recipe;
  readonly tokenizer: Tokenizer;
  /** The directory of the stage. */
  readonly directory: string;
  readonly start: Float32Array;
  /** What the stage itself computed. */
  readonly flops: number;
  readonly stopToken: number;
};

/** Samples that lie far behind those of any `sft` stage. */
const unseenOffset = 2 ** 40;
/** Names the draw of the control's problems, apart from those of all stages. */
const stageIndex = 1_000_000;

/**
 * Trains the stage's controls. Both learn from the tasks that are prompted, in the same proportion, with the stage's own
 * schedule over their share of the compute.
 */
export async function trainControls(
  context: StageContext,
  stage: GrpoStage,
  options: ControlOptions,
): Promise<readonly Control[]> {
  const { recipe, tokenizer, start, flops, stopToken } = options;
  const directoryOf = (name: string): string => {
    const directory = join(options.directory, name);
    makeDirectory(directory);
    return directory;
  };
  const controls: Control[] = [];
  const { sft, reject } = stage.controls ?? {};
  if (sft) {
    const directory = directoryOf('sft-continued');
    const source = {
      name: recipe.name,
      seed: recipe.seed,
      data: { ...recipe.data, mixture: { ...stage.prompts, outside: 0 } },
    };
    const training = await imitate(context, {
      name: `${stage.name}: sft-continued`,
      directory,
      start,
      optimiser: { ...stage.optimiser, learningRate: sft.learningRate },
      lanes: stage.lanes,
      share: (state) => state.flops / flops,
      samplesAt: traces(source, tokenizer, sft.batch, unseenOffset),
    });
    controls.push({ name: 'sft-continued', directory, training });
  }
  if (reject) {
    const directory = directoryOf('rejection-sampling');
    const { training, kept } = await sampleAndImitate(context, {
      ...reject,
      name: `${stage.name}: rejection-sampling`,
      directory,
      start,
      optimiser: { ...stage.optimiser, learningRate: reject.learningRate },
      lanes: stage.lanes,
      prompts: stage.prompts,
      maxTokens: stage.maxTokens,
      seed: recipe.seed,
      subset: promptedSubset(recipe.data),
      stageIndex,
      stopToken,
      until: { flops },
    });
    const state = { ...training.state, flops: training.state.flops + kept.flops };
    controls.push({ name: 'rejection-sampling', directory, training: { ...training, state } });
  }
  return controls;
}
