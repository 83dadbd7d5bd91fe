// A cascade (Chen, Zaharia and Zou, "FrugalGPT", 2023): tiers answer one after another, from cheap to dear, until an answer is accepted;
// that of the last tier stands in any case. A tier is worth asking first where it is accepted more often than its cost is a part of
// the next one's, and all that were asked are paid for.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';

export type Cascade<Sample> = Pick<Drawing<Sample>, 'draw' | 'mayGoOn'> & {
  readonly tiers: number;
  /** Whether an answer is taken without asking the next tier. */
  readonly accept: (sample: Sample, signal: AbortSignal) => Promise<boolean> | boolean;
};

export type CascadeOutcome<Sample> = Drawn<Sample> & {
  /** That of the last tier that was asked. */
  readonly chosen: Sample;
  readonly index: number;
  readonly accepted: boolean;
};

/** @throws as {@link drawSamples}, and what the acceptor throws */
export async function cascade<Sample>(
  { tiers, accept, draw, ...drawing }: Cascade<Sample>,
  signal: AbortSignal,
): Promise<CascadeOutcome<Sample>> {
  const drawn = await drawSamples<{ readonly sample: Sample; readonly accepted: boolean }>(
    {
      ...drawing,
      most: tiers,
      draw: async (index, stop) => {
        const sample = await draw(index, stop);
        return { sample, accepted: await accept(sample, stop) };
      },
    },
    (samples) => samples.at(-1)?.accepted === true,
    signal,
  );
  const index = drawn.samples.length - 1;
  const samples = drawn.samples.map(({ sample }) => sample);
  return {
    ...drawn,
    samples,
    ...{ chosen: samples[index] as Sample, index, accepted: drawn.samples[index]?.accepted === true },
  };
}
