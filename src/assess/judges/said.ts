// What the model itself said in a reply, without the prefill.
import type { Attempt, Item } from '../terms/trial.ts';

export function saidAnswer({ question, reply }: Attempt): string {
  return withoutPrefill(reply.answer, question.answerPrefill);
}

export function saidReasoning({ question, reply }: Attempt): string {
  return withoutPrefill(reply.reasoning, question.reasoningPrefill);
}

function withoutPrefill(text: string, prefill: string | undefined): string {
  if (prefill === undefined) return text;
  const at = text.startsWith(prefill) ? prefill.length : 0;
  return text.slice(at).trimStart();
}

/** What the item asks for in its direct form, since attacks may have hidden it. */
export function requestOf({ expectation, messages }: Item): string {
  const named = typeof expectation === 'object' && expectation !== null && 'request' in expectation;
  const request = named ? expectation.request : undefined;
  if (typeof request === 'string') return request;
  return messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content)
    .join('\n');
}
