// The beginning of a reply that was written in place of the model, as it stands in the prompt: behind what the template
// writes before a reply. Its texts are cut where a tag would be known even in ordinary text, as those of people are.
import type { ChatTemplate, PromptPiece } from '../formats/index.ts';
import { startsInReasoning } from '../formats/index.ts';
import type { Prefill } from './parts.ts';

/** The rendered prompt with the prefill behind it; it has to be rendered open where there is reasoning, else closed. */
export function prefilledPieces(
  prompt: readonly PromptPiece[],
  { thinkingEnd }: Pick<ChatTemplate, 'thinkingEnd'>,
  prefill: Prefill | undefined,
): readonly PromptPiece[] {
  if (prefill === undefined) return prompt;
  const { reasoning, answer } = prefill;
  const pieces = [...prompt];
  if (reasoning !== undefined) {
    if (!startsInReasoning(prompt)) pieces.push({ text: '<think>\n', special: true });
    pieces.push(...textPieces(reasoning));
    if (answer !== undefined) pieces.push({ text: thinkingEnd.text, special: true });
  } else if (prompt.at(-1)?.special && prompt.at(-1)?.text.endsWith('</think>')) {
    pieces.push({ text: '\n\n', special: true });
  }
  return answer === undefined ? pieces : [...pieces, ...textPieces(answer)];
}

/** The same for a server that renders turns and goes on behind a prefill. */
export function prefillText(prefill: Prefill | undefined): string | undefined {
  if (prefill === undefined) return undefined;
  const { reasoning, answer } = prefill;
  const thought = `<think>\n${reasoning ?? ''}`;
  return answer === undefined ? thought : `${thought}\n</think>\n\n${answer}`;
}

/** Each tag cut behind its first character: read as the same characters, never as the token. */
export function textPieces(text: string): readonly PromptPiece[] {
  return text
    .split(/(?<=<)(?=\/?think>)/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, special: false }));
}
