// Verify and resample: the first sample is checked, and others are drawn until one passes. Where an answer can be checked, this
// needs fewer tokens than any vote.
import { type Drawing, type Drawn, drawSamples } from './draw-samples.ts';

/** Whether an answer is right; `unknown` where whoever should say so could not. */
export type Verdict = boolean | 'unknown';

export type Verified<Sample> = Drawing<Sample> & {
  /** Nothing more is drawn behind an answer of which nobody could say whether it is right. */
  readonly verify: (sample: Sample, signal: AbortSignal) => Promise<Verdict> | Verdict;
};

export type VerifiedOutcome<Sample> = Drawn<Sample> & {
  /** The sample that passed, or of which nobody could say whether it does; the first one where there is neither. */
  readonly chosen: Sample;
  readonly index: number;
  /** Null where nobody could say so. */
  readonly verified: boolean | null;
};

/** @throws as {@link drawSamples}, and what the verifier throws */
export async function verifyAndResample<Sample>(
  { verify, draw, ...drawing }: Verified<Sample>,
  signal: AbortSignal,
): Promise<VerifiedOutcome<Sample>> {
  // Verifying belongs to drawing, so that samples of one wave are verified side by side and a slow verifier is aborted with
  // its sample.
  const drawn = await drawSamples<{ readonly sample: Sample; readonly verdict: Verdict }>(
    {
      ...drawing,
      draw: async (index, stop) => {
        const sample = await draw(index, stop);
        return { sample, verdict: await verify(sample, stop) };
      },
    },
    (samples) => samples[samples.length - 1]?.verdict !== false,
    signal,
  );
  const ending = drawn.samples.findIndex(({ verdict }) => verdict !== false);
  const index = Math.max(0, ending);
  const verdict = drawn.samples[index]?.verdict;
  const samples = drawn.samples.map(({ sample }) => sample);
  const verified = verdict === 'unknown' ? null : verdict === true;
  return { ...drawn, samples, chosen: samples[index] as Sample, index, verified };
}
