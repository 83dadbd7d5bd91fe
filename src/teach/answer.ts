// What a completion is worth to its prompt: the answer after the think block, read by the task's verifier.
import type { Thinking } from '../formats/index.ts';

const thinkEnd = '</think>';

/** The text after the think block; undefined when the block was never closed. */
export function answerOf(completion: string, thinking: Thinking): string | undefined {
  if (thinking === 'closed') return completion.trim();
  const end = completion.indexOf(thinkEnd);
  return end < 0 ? undefined : completion.slice(end + thinkEnd.length).trim();
}

/** Whether the think block is closed exactly once, with something after it. Expects a prompt that opened the block. */
export function isWellFormed(completion: string): boolean {
  const parts = completion.split(thinkEnd);
  return parts.length === 2 && parts[1]?.trim() !== '';
}
