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
  readonly accepted: readonly AcceptedControl[];
};

type AcceptedControl = {
  readonly control: SamplingControl;
  readonly name: string;
  readonly drawIndex: number;
  readonly teacherParameters?: number | undefined;
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
  for (const arm of accepted) candidates.push(await imitateAccepted(run, input, arm, flops));
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
    data: { ...recipe.data, mixture: prompts },
  };
  const { state, values } = await imitate(context, {
    ...planOf(input, options.name, control.learningRate),
    share: ({ flops }) => flops / options.flops,
    samplesAt: traces(source, tokenizer, control.batch, options.firstSample),
  });
  return { name: options.name, flops: state.flops, values };
}

/**
 * Samples completions and imitates those that the verifier accepts, until both have used the compute of the stage; in rounds,
 * each round has its part of the compute and starts from the weights of the one before.
 *
 * @param arm.drawIndex stands for the stage index in the draw of problems, so that the draw is apart from all stages
 * @param arm.teacherParameters the local teacher samples, and this many parameters count as its compute
 * @throws TGL_NOTHING_ACCEPTED; what `train` throws
 */
async function imitateAccepted(
  run: Run,
  input: StageInput<ControlledStage>,
  { control, name, drawIndex, teacherParameters }: AcceptedControl,
  flops: number,
): Promise<Candidate> {
  const { prompts, maxTokens, cutOff } = input.stage;
  const { rounds = 1, informed, learningRate, ...keeping } = control;
  let values = input.start;
  let spent = 0;
  const keptGivesUpPerMiss: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const part = rounds === 1 ? name : join(name, `round-${round + 1}`);
    const { training, kept } = await sampleAndImitate(run.context, {
      ...samplingOptions(run, { ...input, start: values, stageIndex: drawIndex + round * drawsPerRound }),
      ...keeping,
      ...planOf({ ...input, start: values }, part, learningRate),
      prompts,
      maxTokens,
      cutOff,
      informed,
      teacherParameters,
      until: { flops: (flops * (round + 1)) / rounds - spent },
    });
    spent += training.state.flops + kept.flops;
    values = training.values;
    if (kept.givesUpPerMiss !== undefined) keptGivesUpPerMiss.push(kept.givesUpPerMiss);
  }
  const mechanism = keptGivesUpPerMiss.length === 0 ? {} : { keptGivesUpPerMiss };
  return { name, flops: spent, values, ...mechanism };
}

/** Keeps the draws of the rounds of one control apart from those of others. */
const drawsPerRound = 10_000;

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
