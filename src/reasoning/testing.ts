// A scripted model that overthinks in a known way, for tests and benches: it thinks `steps` steps of one token each, knows the right
// answer from step `knows` on and says a wrong one before, and answers in one token as soon as its thinking is closed. So what
// early exit saves, what probes cost and what is right follow from arithmetic.
import {
  createScriptedEngine,
  type Engine,
  type GenerateRequest,
  type ScriptedEngineOptions,
} from '../engine/index.ts';

export type Overthinker = {
  readonly steps: number;
  readonly knows: number;
  /** Of what it answers before it knows: one answer again and again, or another one at every step. */
  readonly before: 'same' | 'changing';
};

/** @param thinkerOf how it thinks about a question, by the text of its prompt */
export function createOverthinker(
  thinkerOf: (prompt: string) => Overthinker,
  options: Partial<ScriptedEngineOptions> = {},
): Engine {
  return createScriptedEngine({
    ...{ model: 'overthinker', maxBatchEvents: 1, contextLength: 100_000 },
    reply: overthinkingReply(thinkerOf),
    ...options,
  });
}

/** The script of such a model, for prompts of the family `tiegel`. */
export function overthinkingReply(
  thinkerOf: (prompt: string) => Overthinker,
): (request: GenerateRequest) => readonly string[] {
  return ({ prompt = [] }) => {
    const text = prompt.map((piece) => piece.text).join('');
    const { steps, knows, before } = thinkerOf(text);
    const thought = text.slice(text.lastIndexOf('<think>'));
    const done = thought.match(/s\d+/g)?.length ?? 0;
    const answerAt = (step: number): string =>
      step >= knows ? 'right' : before === 'same' ? 'wrong' : `wrong${step}`;
    if (thought.includes('</think>')) return [answerAt(done)];
    const left = Array.from({ length: Math.max(0, steps - done) }, (_, index) => ` s${done + index + 1}`);
    return [...left, '</think>', answerAt(steps)];
  };
}
