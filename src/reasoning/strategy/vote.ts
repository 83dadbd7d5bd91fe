// Self-consistency (Wang et al. 2022) that stops as soon as its rule allows: samples of one question vote with their answers.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';
import { countVotes, mayStop, type StoppingRule } from './stopping-rule.ts';

export type Vote<Sample> = Drawing<Sample> & {
  readonly rule: StoppingRule;
  /** What a sample votes for; samples with equal keys agree. Null where no answer can be read. */
  readonly keyOf: (sample: Sample) => string | null;
  /** Whether the first sample is taken without a vote. @default never */
  readonly accepts?: (first: Sample) => boolean;
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
  { rule, keyOf, accepts = () => false, ...drawing }: Vote<Sample>,
  signal: AbortSignal,
): Promise<VoteOutcome<Sample>> {
  const keys: (string | null)[] = [];
  const drawn = await drawSamples(
    drawing,
    (samples) => {
      const last = samples[samples.length - 1] as Sample;
      keys.push(keyOf(last));
      return (samples.length === 1 && accepts(last)) || mayStop(rule, keys, drawing.most);
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

/**
 * How far a vote over answers that are known already would go: what replays of stored samples need, without drawing any.
 *
 * @param answers in the order of their samples; as many as may be drawn
 * @param accepted the first one is taken without a vote
 */
export function playVote(
  { rule, most, waves = [1] }: Pick<Vote<never>, 'rule' | 'most' | 'waves'>,
  answers: readonly (string | null)[],
  accepted = false,
): { readonly begun: number; readonly index: number; readonly stoppedBy: 'rule' | 'most' } {
  let begun = 0;
  for (let wave = 0; begun < most; wave++) {
    const from = begun;
    begun += Math.min(waves[Math.min(wave, waves.length - 1)] as number, most - begun);
    for (let looked = from + 1; looked <= begun; looked++) {
      const seen = answers.slice(0, looked);
      if ((looked === 1 && accepted) || mayStop(rule, seen, most))
        return { begun, index: countVotes(seen)[0]?.first ?? 0, stoppedBy: 'rule' };
    }
  }
  return { begun, index: countVotes(answers.slice(0, most))[0]?.first ?? 0, stoppedBy: 'most' };
}
