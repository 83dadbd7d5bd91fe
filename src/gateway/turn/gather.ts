// A whole turn out of its parts, with the log-probabilities of the answer's tokens where they were asked for.
import type { ToolCall } from '../../formats/index.ts';
import type { ConverseEnd, TokenDetail } from '../../reasoning/index.ts';
import type { ChoiceStream, ObserveParts } from './turn-stream.ts';

export type GatheredTurn = {
  readonly reasoning: string;
  /** Empty when thinking was cut off. */
  readonly answer: string;
  readonly toolCalls: readonly ToolCall[];
  readonly answerTokens: readonly TokenDetail[];
  readonly end: ConverseEnd;
};

/** Takes a place in the engine, then gathers. Fails as the stream fails. */
export async function gather(
  { index, parts: batches, acquire }: ChoiceStream,
  observe: ObserveParts,
): Promise<GatheredTurn> {
  let reasoning = '';
  let answer = '';
  const toolCalls: ToolCall[] = [];
  const answerTokens: TokenDetail[] = [];
  const permit = await acquire();
  try {
    for await (const parts of batches) {
      // A reply that comes at once says nothing of when it began.
      observe(index, parts, reasoning === '' && answer === '' && parts.at(-1)?.type === 'end');
      for (const part of parts) {
        if (part.type === 'reasoning-delta') reasoning += part.text;
        else if (part.type === 'answer-delta') {
          answer += part.text;
          if ('tokens' in part && part.tokens !== undefined) answerTokens.push(...part.tokens);
        } else if (part.type === 'tool-call') toolCalls.push({ name: part.name, arguments: part.arguments });
        else if (part.type === 'end') return { reasoning, answer, toolCalls, answerTokens, end: part };
      }
    }
  } finally {
    permit.release();
  }
  throw new TypeError('gather: the stream of parts has no end part');
}
