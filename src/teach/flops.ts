// Floating-point operations by the usual rule (Kaplan et al. 2020): two per parameter for each token in the forward pass, four
// more in the backward pass. Attention over the context and padding are left out, in every stage alike.

/** Prompt and completion tokens of the training samples. */
export function trainingFlops(parameters: number, tokens: number): number {
  return 6 * parameters * tokens;
}

/** Tokens without a backward pass: rollouts with their prompts, a frozen reference. */
export function inferenceFlops(parameters: number, tokens: number): number {
  return 2 * parameters * tokens;
}
