// A whole turn out of its parts, with the log-probabilities of the answer's tokens where they were asked for.
import type { ToolCall } from '../../formats/index.ts';
import type { ConverseEnd, StreamPart, TokenDetail } from '../../reasoning/index.ts';

export type GatheredTurn = {
  readonly reasoning: string;
  /** Empty when thinking was cut off. */
  readonly answer: string;
  readonly toolCalls: readonly ToolCall[];
  readonly answerTokens: readonly TokenDetail[];
  readonly end: ConverseEnd;
};

/**
 * Fails as the stream fails.
 *
 * @param observe is told of the parts as they come; a reply that comes at once says nothing of when it began
 */
export async function gather(
  batches: AsyncIterable<readonly StreamPart[]>,
  observe: (parts: readonly StreamPart[]) => void,
): Promise<GatheredTurn> {
  let reasoning = '';
  let answer = '';
  const toolCalls: ToolCall[] = [];
  const answerTokens: TokenDetail[] = [];
  for await (const parts of batches) {
    const atOnce = reasoning === '' && answer === '' && parts.at(-1)?.type === 'end';
    if (!atOnce) observe(parts);
    for (const part of parts) {
      if (part.type === 'reasoning-delta') reasoning += part.text;
      else if (part.type === 'answer-delta') {
        answer += part.text;
        if ('tokens' in part && part.tokens !== undefined) answerTokens.push(...part.tokens);
      } else if (part.type === 'tool-call') toolCalls.push({ name: part.name, arguments: part.arguments });
      else if (part.type === 'end') return { reasoning, answer, toolCalls, answerTokens, end: part };
    }
  }
  throw new TypeError('gather: the stream of parts has no end part');
}
