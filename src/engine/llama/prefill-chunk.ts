// How many prompt tokens one step of the engine takes. A step cannot be interrupted, so that this bounds how long an
// abort waits and how long a newcomer's prompt holds up the others.
import type { Clock } from '../../base/index.ts';

/** Tokens of a batch; larger ones gain little and cost memory with large vocabularies. */
export const batchTokens = 128;

/** On a CPU; beyond it the weights are read rarely enough. */
const largestChunk = 64;
/** The weights have to be read for any size; fewer tokens take hardly less time. */
const smallestChunk = 8;
/** Far into a long prompt, where attention takes longer than the weights. */
const smallestDeepChunk = 4;
/** Of the 250 ms that an abort may take. */
const longestStepMs = 170;
/** Twice the tokens take less than twice the time, since the weights are read once for either. */
const roomyStepMs = 0.6 * longestStepMs;

/** Most tokens of prompts in a step, whatever the speed. */
export function mostTokens(contextLength: number, gpu: boolean): number {
  return Math.min(contextLength, gpu ? batchTokens : largestChunk);
}

/**
 * The largest chunk of 8, 16, 32, … tokens that a runtime reads within the time of a step, by trying. The same model on
 * the same machine gets the same one unless something else is at work there.
 *
 * @param read evaluates so many tokens at the begin of a sequence.
 */
export async function measureChunk(
  read: (tokens: number) => Promise<void>,
  most: number,
  clock: Clock,
): Promise<number> {
  const timeOf = async (tokens: number): Promise<number> => {
    const started = clock.monotonic();
    await read(tokens);
    return clock.monotonic() - started;
  };
  let chunk = Math.min(smallestChunk, most);
  // The first step of a context touches its memory as well; one of a very large model takes long enough.
  if ((await timeOf(chunk)) > 4 * longestStepMs) return chunk;
  while (2 * chunk <= most) {
    const next = 2 * chunk;
    // Any step may be disturbed.
    if ((await timeOf(next)) > longestStepMs && (await timeOf(next)) > longestStepMs) break;
    chunk = next;
  }
  return chunk;
}

/** The size of the next step, by how long the last ones took: with the length of a prompt attention comes to count. */
export type PrefillPace = {
  readonly chunk: () => number;
  readonly took: (tokens: number, milliseconds: number) => void;
  /** Back to the first size, for a prompt that nobody else's precedes: the sizes of its steps then repeat. */
  readonly reset: () => void;
};

/**
 * @param first what `measureChunk` gave.
 * @param most what it would have given on a machine that was fast enough.
 */
export function createPrefillPace(first: number, most: number): PrefillPace {
  let chunk = first;
  return {
    chunk: () => chunk,
    took: (tokens, milliseconds) => {
      if (milliseconds > longestStepMs)
        chunk = Math.max(smallestDeepChunk, Math.floor(Math.min(tokens, chunk) / 2));
      else if (tokens >= chunk && milliseconds <= roomyStepMs) chunk = Math.min(most, 2 * chunk);
    },
    reset: () => {
      chunk = first;
    },
  };
}

/** Half of what an abort may take, so that a machine of which others take a half still keeps to it. */
const stepSeconds = 0.12;
/** Prompt tokens per second, core and GB of weights; measured 45 to 60 with 0.5 B Q8_0 and 1.5 B Q4_K_M. */
const tokensPerSecondAndCore = 50;

/**
 * A power of two from 8 to 64: what can be told of a model on a CPU before it runs, for a server that takes the size
 * of its batches on the command line. Processors with AMX read ten times as fast.
 *
 * @param modelBytes size of the model file.
 */
export function estimatedChunk(modelBytes: number, threads: number): number {
  const affordable = (stepSeconds * tokensPerSecondAndCore * threads) / (modelBytes / 1e9);
  const power = 2 ** Math.floor(Math.log2(affordable));
  return Math.min(largestChunk, Math.max(smallestChunk, power));
}
