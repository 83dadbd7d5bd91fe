// Requests that have samples spent on one reply, and what their answers tell of it. Imported by tests only.

export const messages: readonly object[] = [{ role: 'user', content: 'What is it?' }];

/** One question in every dialect that can ask for a strategy, to which that is added. */
export const strategyForms: readonly [readonly [string, object], ...(readonly [string, object])[]] = [
  ['/v1/chat/completions', { messages, stream_options: { include_usage: true } }],
  ['/v1/responses', { input: 'What is it?' }],
  ['/v1/messages', { messages, max_tokens: 500 }],
  ['/api/chat', { messages }],
  ['/api/generate', { prompt: 'What is it?' }],
];

/** What is told of the strategy in the only body, or in the last event that tells it. */
export function toldOf(
  text: string,
): Record<string, unknown> & { readonly tiers: readonly { request_id: string }[] } {
  const line = text
    .split('\n')
    .map((each) => each.replace(/^data: /, ''))
    .findLast(
      (each) => each.startsWith('{') && each.includes('"stopped_by":"') && each.includes('"samples":'),
    );
  const body = JSON.parse(line ?? '{}');
  return (body.x_tiegel ?? body.response?.x_tiegel)?.strategy;
}
