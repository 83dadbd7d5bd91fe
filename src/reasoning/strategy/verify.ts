// Verify and resample: the first sample is checked, and others are drawn until one passes. Where an answer can be checked, this
// needs fewer tokens than any vote.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';

export type Verified<Sample> = Drawing<Sample> & {
  /** Whether its answer is right. */
  readonly verify: (sample: Sample, signal: AbortSignal) => Promise<boolean> | boolean;
};

export type VerifiedOutcome<Sample> = Drawn<Sample> & {
  /** The sample that passed; the first one where none did. */
  readonly chosen: Sample;
  readonly index: number;
  readonly verified: boolean;
};

/** @throws as {@link drawSamples}, and what the verifier throws */
export async function verifyAndResample<Sample>(
  { verify, draw, ...drawing }: Verified<Sample>,
  signal: AbortSignal,
): Promise<VerifiedOutcome<Sample>> {
  // Verifying belongs to drawing, so that samples of one wave are verified side by side and a slow verifier is aborted with
  // its sample.
  const drawn = await drawSamples<{ readonly sample: Sample; readonly passed: boolean }>(
    {
      ...drawing,
      draw: async (index, stop) => {
        const sample = await draw(index, stop);
        return { sample, passed: await verify(sample, stop) };
      },
    },
    (samples) => samples[samples.length - 1]?.passed === true,
    signal,
  );
  const passed = drawn.samples.findIndex((sample) => sample.passed);
  const index = Math.max(0, passed);
  const samples = drawn.samples.map(({ sample }) => sample);
  return { ...drawn, samples, chosen: samples[index] as Sample, index, verified: passed >= 0 };
}
