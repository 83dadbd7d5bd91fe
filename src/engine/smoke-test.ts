// A smoke test of a model file nobody has used yet: a throwaway engine loads it and generates five tokens. A file that
// crashes, hangs or outgrows the runtime does so there. Not covered: what the model writes.
import { TiegelError } from '../base/index.ts';
import type { Engine } from './engine.ts';

export type SmokeTestResult = { readonly passed: true } | { readonly passed: false; readonly reason: string };

const smokeTestTokens = 5;

/**
 * Never throws for what the file does; a test that failed says why.
 *
 * @param start starts the engine, in a process of its own.
 */
export async function smokeTest(start: () => Promise<Engine>): Promise<SmokeTestResult> {
  try {
    await using engine = await start();
    // Asking for log-probabilities makes values that are not finite an error.
    const careful = engine.capabilities.logProbabilities === 'none' ? {} : { logProbabilities: 1 };
    const tokens = engine.generate({
      prompt: [{ text: 'one two three', special: false }],
      maxTokens: smokeTestTokens,
      sampling: { temperature: 0, topP: 1 },
      ...careful,
    });
    await Array.fromAsync(tokens);
    return { passed: true };
  } catch (error) {
    if (!TiegelError.isInstance(error)) throw error;
    return { passed: false, reason: String(error.details.reason ?? error.message) };
  }
}
