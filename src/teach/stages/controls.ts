// Controls of a stage: what the same number of floating-point operations achieves from the same start by other means.
// Without them, a gain after reinforcement learning or distillation says only that training went on.
import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import { sampleAndImitate } from '../reject.ts';
import { imitate, traces } from '../sft.ts';
import type { Candidate } from './arms.ts';
import type { SamplingControl, SamplingFields, SftControl, TrainingFields } from './fields.ts';
import { type Run, type StageInput, samplingOptions } from './stage-kind.ts';

/** A stage that can have controls. They prompt its tasks, in its proportions, with its schedule over their own compute. */
type ControlledStage = TrainingFields & Omit<SamplingFields, 'samples'>;

/** Fields of a control that both kinds have. */
type ControlOptions = {
  /** Also its directory below the stage's. */
  readonly name: string;
  /** Floating-point operations that the stage itself has used. */
  readonly flops: number;
};

/** The controls of one kind of stage: the recipe's settings, and what keeps their data apart from those of other kinds. */
export type Controls = {
  readonly sft: {
    readonly control: SftControl | undefined;
    readonly name: string;
    readonly firstSample: number;
  };
  readonly accepted: {
    readonly control: SamplingControl | undefined;
    readonly name: string;
    readonly drawIndex: number;
    readonly teacherParameters?: number | undefined;
  };
};

/**
 * Trains those that the recipe asks for, at the compute of the stage.
 *
 * @param flops floating-point operations that the stage itself has used
 * @throws TGL_NOTHING_ACCEPTED; what `train` throws
 */
export async function trainControls(
  run: Run,
  input: StageInput<ControlledStage>,
  { sft, accepted }: Controls,
  flops: number,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  if (sft.control) candidates.push(await continueSft(run, input, sft.control, { ...sft, flops }));
  if (accepted.control) {
    candidates.push(await imitateAccepted(run, input, accepted.control, { ...accepted, flops }));
  }
  return candidates;
}

/**
 * Continues SFT on traces of the prompted tasks until it has used the compute of the stage.
 *
 * @param options.firstSample index in the stream of samples to start from, beyond those of every `sft` stage
 * @throws what `train` throws
 */
async function continueSft(
  run: Run,
  input: StageInput<ControlledStage>,
  control: SftControl,
  options: ControlOptions & { readonly firstSample: number },
): Promise<Candidate> {
  const { recipe, tokenizer, context } = run;
  const { prompts } = input.stage;
  const source = {
    name: recipe.name,
    seed: recipe.seed,
    data: { ...recipe.data, mixture: { ...prompts, outside: 0 } },
  };
  const { state, values } = await imitate(context, {
    ...planOf(input, options.name, control.learningRate),
    share: ({ flops }) => flops / options.flops,
    samplesAt: traces(source, tokenizer, control.batch, options.firstSample),
  });
  return { name: options.name, flops: state.flops, values };
}

/**
 * Samples completions and imitates those that the verifier accepts, until both have used the compute of the stage.
 *
 * @param options.drawIndex stands for the stage index in the draw of problems, so that the draw is apart from all stages
 * @param options.teacherParameters the local teacher samples, and this many parameters count as its compute
 * @throws TGL_NOTHING_ACCEPTED; what `train` throws
 */
async function imitateAccepted(
  run: Run,
  input: StageInput<ControlledStage>,
  control: SamplingControl,
  options: ControlOptions & {
    readonly drawIndex: number;
    readonly teacherParameters?: number | undefined;
  },
): Promise<Candidate> {
  const { prompts, maxTokens } = input.stage;
  const { training, kept } = await sampleAndImitate(run.context, {
    ...samplingOptions(run, { ...input, stageIndex: options.drawIndex }),
    ...control,
    ...planOf(input, options.name, control.learningRate),
    prompts,
    maxTokens,
    teacherParameters: options.teacherParameters,
    until: { flops: options.flops },
  });
  return { name: options.name, flops: training.state.flops + kept.flops, values: training.values };
}

function planOf(
  { stage, directory, start }: StageInput<ControlledStage>,
  name: string,
  learningRate: number,
) {
  const own = join(directory, name);
  makeDirectory(own);
  return {
    name: `${stage.name}: ${name}`,
    directory: own,
    start,
    lanes: stage.lanes,
    optimiser: { ...stage.optimiser, learningRate },
  };
}
