// A cascade (Chen, Zaharia and Zou, "FrugalGPT", 2023): tiers answer one after another, from cheap to dear, until an answer is accepted;
// that of the last tier stands in any case. A tier is worth asking first where it is accepted more often than its cost is a part of
// the next one's, and all that were asked are paid for. A tier that fails may be passed over: then the last answer that there is stands.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';

export type Cascade<Sample> = Pick<Drawing<Sample>, 'draw' | 'mayGoOn'> & {
  readonly tiers: number;
  /** Whether an answer is taken without asking the next tier. */
  readonly accept: (sample: Sample, signal: AbortSignal) => Promise<boolean> | boolean;
  /** Whether the next tier is asked in the place of one that failed so. @default never */
  readonly passesOver?: (failure: unknown) => boolean;
};

export type CascadeOutcome<Sample> = Omit<Drawn<Sample>, 'samples' | 'stoppedBy'> & {
  /** `failure`: the last tier failed, and the answer is that of one before it. */
  readonly stoppedBy: Drawn<Sample>['stoppedBy'] | 'failure';
  /** That of the last tier that answered. */
  readonly chosen: Sample;
  readonly index: number;
  readonly accepted: boolean;
};

type Asked<Sample> = { readonly sample: Sample; readonly accepted: boolean } | { readonly failure: unknown };

/** @throws as {@link drawSamples}, what the acceptor throws, and the failure of the last tier where none has answered */
export async function cascade<Sample>(
  { tiers, accept, passesOver = () => false, draw, ...drawing }: Cascade<Sample>,
  signal: AbortSignal,
): Promise<CascadeOutcome<Sample>> {
  const ask = async (index: number, stop: AbortSignal): Promise<Asked<Sample>> => {
    let sample: Sample;
    try {
      sample = await draw(index, stop);
    } catch (failure) {
      if (stop.aborted || !passesOver(failure)) throw failure;
      return { failure };
    }
    return { sample, accepted: await accept(sample, stop) };
  };
  const { samples, begun, stoppedBy } = await drawSamples(
    { ...drawing, most: tiers, draw: ask },
    (asked) => {
      const last = asked.at(-1);
      return last !== undefined && 'sample' in last && last.accepted;
    },
    signal,
  );
  const index = samples.findLastIndex((asked) => 'sample' in asked);
  const answered = samples[index];
  const last = samples.at(-1);
  if (answered === undefined || 'failure' in answered)
    throw last !== undefined && 'failure' in last
      ? last.failure
      : new TypeError('cascade: nothing was asked');
  return {
    ...{ begun, chosen: answered.sample, index, accepted: answered.accepted },
    stoppedBy: stoppedBy === 'most' && answered !== last ? 'failure' : stoppedBy,
  };
}
