// Fingerprint of a model by its log-probabilities: at every place of short greedy replies to fixed prompts, the likeliest
// tokens and how likely they are. As far as two fingerprints took the same path, the mean difference of the common tokens'
// log-probabilities tells whether the weights are the same. Digests of answers (fingerprint.ts) see only what changes a
// token; this notices a file that was quantised again or tampered with. Blind to what only other prompts would show.
import type { Engine, EngineEvent } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import { heldOutProblems, taskNames } from '../../tasks/index.ts';

/**
 * Text and natural logarithm, likeliest first; the first is the one with which the reply continued. Null stands for minus
 * infinity, which JSON does not have, and is not compared.
 */
export type Place = readonly (readonly [string, number | null])[];

/** One list of positions per prompt. */
export type ProbabilityFingerprint = readonly (readonly Place[])[];

export type FingerprintDistance = {
  /** Mean difference in nats; infinite if nothing can be compared. */
  readonly distance: number;
  /** Number of log-probabilities that were compared. */
  readonly compared: number;
  /** Whether the weights are the same, with the error rates stated at {@link maxDistance}. */
  readonly same: boolean;
};

/** Prompts from Tiegel's own tasks and from general talk, so that models of both kinds have something to say. */
const talk = [
  'Name five things that float, in one line.',
  'Übersetze ins Englische: „Der Tiegel stand noch auf dem Herd, als es klopfte.“',
  'Complete the line: function flatten(list) {',
] as const;

const settings = { problemSeed: 20_268, problemsPerTask: 2, tokens: 16, alternatives: 8 } as const;

/**
 * Beyond it the weights are not the same. For the shipped model on one machine and runtime, two runs of the file are 0 apart,
 * so nothing is refused in error; F32 and F16 made from its Q8_0 are at 0.037, the least tampering that was tried (each
 * weight off by at most 1 %) 0.054, one exchanged norm 0.078, Q4_0 0.39. How far apart two kinds of processor are was not
 * measured. Anything farther apart is another quantisation or was tampered with; the distance does not say which.
 */
export const maxDistance = 0.01;

/** Fewer comparisons than this say nothing. */
const minCompared = 100;

/** Null if the engine does not give the model's own log-probabilities. */
export async function takeProbabilities(
  engine: Engine,
  template: ChatTemplate | null,
  signal?: AbortSignal,
): Promise<ProbabilityFingerprint | null> {
  if (engine.capabilities.logProbabilities !== 'raw') return null;
  const problems = taskNames.flatMap((task) =>
    heldOutProblems(task, settings.problemSeed, settings.problemsPerTask).map(({ prompt }) => prompt),
  );
  const fingerprint: (readonly Place[])[] = [];
  for (const content of [...problems, ...talk]) {
    const messages = [{ role: 'user', content }] as const;
    const request = {
      ...(template === null
        ? { turn: { messages, thinking: 'open', thinkingBudget: null } as const }
        : { prompt: await template.render(messages, { thinking: 'open' }) }),
      maxTokens: settings.tokens,
      sampling: { temperature: 0, topP: 1 },
      logProbabilities: settings.alternatives,
    };
    const places: Place[] = [];
    for await (const events of engine.generate(request, signal)) {
      for (const event of events) {
        if (event.type !== 'token' || event.logProbability === undefined) continue;
        places.push(placeOf(event));
      }
    }
    fingerprint.push(places);
  }
  return fingerprint;
}

/** What is kept of a token that came with its log-probability. */
export function placeOf({
  text: taken,
  logProbability = Number.NEGATIVE_INFINITY,
  alternatives = [],
}: Extract<EngineEvent, { readonly type: 'token' }>): Place {
  const rest = alternatives.filter(({ text }) => text !== taken);
  return [
    [taken, rounded(logProbability)],
    ...rest.map(({ text, logProbability }) => [text, rounded(logProbability)] as const),
  ];
}

/** Mean difference of two replies to one prompt, in nats, up to the first token that differs; infinite if nothing can be compared. */
export function distanceAlong(recorded: readonly Place[], now: readonly Place[]): number {
  return meanOf(differencesAlong(recorded, now));
}

function meanOf(differences: readonly number[]): number {
  const sum = differences.reduce((total, one) => total + one, 0);
  return differences.length === 0 ? Number.POSITIVE_INFINITY : sum / differences.length;
}

/** Compares each prompt up to the first token that differs, after which the contexts differ too. */
export function fingerprintDistance(
  recorded: ProbabilityFingerprint,
  now: ProbabilityFingerprint,
): FingerprintDistance {
  const differences = recorded.flatMap((places, prompt) => differencesAlong(places, now[prompt] ?? []));
  const compared = differences.length;
  const distance = meanOf(differences);
  return { distance, compared, same: compared >= minCompared && distance <= maxDistance };
}

function differencesAlong(recorded: readonly Place[], now: readonly Place[]): readonly number[] {
  const differences: number[] = [];
  for (const [index, place] of recorded.entries()) {
    const other = now[index];
    if (other === undefined) break;
    const likely = new Map(other);
    for (const [text, logProbability] of place) {
      const found = likely.get(text);
      if (typeof found === 'number' && logProbability !== null)
        differences.push(Math.abs(found - logProbability));
    }
    if (other[0]?.[0] !== place[0]?.[0]) break;
  }
  return differences;
}

/** Further digits are noise, and evidence should be short. */
function rounded(logProbability: number): number | null {
  return !Number.isFinite(logProbability) ? null : Math.round(logProbability * 1e5) / 1e5;
}
