// Self-consistency (Wang et al. 2022) that stops as soon as its rule allows: samples of one question vote with their answers.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';
import { countVotes, mayStop, type StoppingRule } from './stopping-rule.ts';

export type Vote<Sample> = Drawing<Sample> & {
  readonly rule: StoppingRule;
  /** What a sample votes for; samples with equal keys agree. Null where no answer can be read. */
  readonly keyOf: (sample: Sample) => string | null;
};

export type VoteOutcome<Sample> = Drawn<Sample> & {
  /** The first sample that gave the answer with the most votes; the first of all where no answer could be read. */
  readonly chosen: Sample;
  /** Its index among the samples. */
  readonly index: number;
  /** Share of the samples looked at that gave its answer. */
  readonly agreement: number;
};

/** @throws as {@link drawSamples} */
export async function vote<Sample>(
  { rule, keyOf, ...drawing }: Vote<Sample>,
  signal: AbortSignal,
): Promise<VoteOutcome<Sample>> {
  const keys: (string | null)[] = [];
  const drawn = await drawSamples(
    drawing,
    (samples) => {
      keys.push(keyOf(samples[samples.length - 1] as Sample));
      return mayStop(rule, keys, drawing.most);
    },
    signal,
  );
  const leader = countVotes(keys)[0];
  const index = leader?.first ?? 0;
  return {
    ...drawn,
    chosen: drawn.samples[index] as Sample,
    index,
    agreement: (leader?.count ?? 0) / drawn.samples.length,
  };
}
