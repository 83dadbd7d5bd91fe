// The controls of on-policy distillation: the same number of floating-point operations, the teacher's included, from the
// same start, spent on no teacher (SFT goes on) and on the teacher's verified traces.
import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import type { Control, ControlOptions } from '../controls.ts';
import { promptedSubset } from '../dataset.ts';
import { sampleAndImitate } from '../reject.ts';
import { imitate, traces } from '../sft.ts';
import type { OnPolicyDistilStage } from '../stage.ts';
import type { StageContext } from '../training.ts';

/** Samples that lie far behind those of any `sft` stage. */
const unseenOffset = 2 ** 41;
/** Names the draw of the control's problems, apart from those of all stages. */
const stageIndex = 1_000_001;

/** Trains the controls that the stage asks for, with its own schedule over their share of the compute. */
export async function trainDistilControls(
  context: StageContext,
  stage: OnPolicyDistilStage,
  options: ControlOptions & { readonly teacherParameters: number },
): Promise<readonly Control[]> {
  const { recipe, tokenizer, start, flops, stopToken, teacherParameters } = options;
  const { sft, traces: verified } = stage.controls ?? {};
  const { lanes, optimiser, prompts, maxTokens } = stage;
  const begin = (name: string) => {
    const directory = join(options.directory, name);
    makeDirectory(directory);
    return { name: `${stage.name}: ${name}`, directory, start, lanes };
  };
  const controls: Control[] = [];
  if (sft) {
    const own = begin('without-teacher');
    const source = {
      name: recipe.name,
      seed: recipe.seed,
      data: { ...recipe.data, mixture: { ...prompts, outside: 0 } },
    };
    const training = await imitate(context, {
      ...own,
      optimiser: { ...optimiser, learningRate: sft.learningRate },
      share: (state) => state.flops / flops,
      samplesAt: traces(source, tokenizer, sft.batch, unseenOffset),
    });
    controls.push({ name: 'without-teacher', directory: own.directory, training });
  }
  if (verified) {
    const own = begin('verified-traces');
    const { training, kept } = await sampleAndImitate(context, {
      ...verified,
      ...own,
      optimiser: { ...optimiser, learningRate: verified.learningRate },
      prompts,
      maxTokens,
      seed: recipe.seed,
      subset: promptedSubset(recipe.data),
      stageIndex,
      stopToken,
      teacherParameters,
      until: { flops },
    });
    const state = { ...training.state, flops: training.state.flops + kept.flops };
    controls.push({ name: 'verified-traces', directory: own.directory, training: { ...training, state } });
  }
  return controls;
}
