// The batch size of a server that takes it on the command line: what can be told of a model on a CPU before it runs.

/** Beyond it the weights are read rarely enough. */
const largestBatch = 64;
/** The weights have to be read for any size; fewer tokens take hardly less time. */
const smallestBatch = 8;
/** Half of the 250 ms that an abort may take, so that a machine of which others take a half still keeps to it. */
const stepSeconds = 0.12;
/** Prompt tokens per second, core and GB of weights; measured 45 to 60 with 0.5 B Q8_0 and 1.5 B Q4_K_M. */
const tokensPerSecondAndCore = 50;

/**
 * A power of two from 8 to 64. Processors with AMX read ten times as fast.
 *
 * @param modelBytes size of the model file.
 */
export function estimatedBatch(modelBytes: number, threads: number): number {
  const affordable = (stepSeconds * tokensPerSecondAndCore * threads) / (modelBytes / 1e9);
  const power = 2 ** Math.floor(Math.log2(affordable));
  return Math.min(largestBatch, Math.max(smallestBatch, power));
}
