// Answer extraction: what a completion says after its think block, for the verifier of the task.
import type { Thinking } from '../formats/index.ts';

const thinkEnd = '</think>';

/** The trimmed text after the think block; undefined where the block was never closed. */
export function answerOf(completion: string, thinking: Thinking): string | undefined {
  if (thinking === 'closed') return completion.trim();
  const end = completion.indexOf(thinkEnd);
  return end < 0 ? undefined : completion.slice(end + thinkEnd.length).trim();
}

/** The text of the think block, closed or not. */
export function thinkingOf(completion: string): string {
  const end = completion.indexOf(thinkEnd);
  return end < 0 ? completion : completion.slice(0, end);
}

/** Whether the think block was never closed. */
export function isThinking(completion: string): boolean {
  return !completion.includes(thinkEnd);
}

/** Whether the think block, which the prompt has opened, is closed exactly once with something after it. */
export function isWellFormed(completion: string): boolean {
  const parts = completion.split(thinkEnd);
  return parts.length === 2 && parts[1]?.trim() !== '';
}
