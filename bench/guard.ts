// What does watching cost? The guard's features, score and state of one request against the MMD window test (windows of 1,500
// against 500 references, four bandwidths) on the same prompts, by processor time. TIEGEL_DATA names the validation data.
import { type BenchResult, rounded } from './bench.ts';
import { honestTexts } from './guard/honest-texts.ts';
import { measureSpeed } from './guard/speed.ts';

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const speed = measureSpeed(honestTexts(dataDirectory()));
  return {
    ratios: { eventsPerCoreSecondOverMmd: rounded(speed.eventsPerCoreSecond / speed.mmdEventsPerCoreSecond) },
    figures: {
      eventsPerCoreSecond: Math.round(speed.eventsPerCoreSecond),
      mmdEventsPerCoreSecond: Math.round(speed.mmdEventsPerCoreSecond),
      observedMedianMs: rounded(speed.medianMs),
      observed99thMs: rounded(speed.percentile99Ms),
      bytesPerAccount: speed.bytesPerAccount,
      meanCharacters: Math.round(speed.meanCharacters),
    },
    rounds: speed.rounds,
  };
}

function dataDirectory(): string {
  const { TIEGEL_DATA } = process.env;
  if (TIEGEL_DATA === undefined) throw new Error('Set TIEGEL_DATA to the directory of the validation data.');
  return TIEGEL_DATA;
}
