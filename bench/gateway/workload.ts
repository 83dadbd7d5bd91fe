// What both sides of the gateway bench answer: the same tokens at the same pace, the same bytes on the wire.

export const key = 'tgl_bench-key-0123456789';

/** Tokens of one reply; one streamed event each, besides the role, the finish reason and `[DONE]`. */
const reasoning: readonly string[] = Array.from({ length: 30 }, (_, index) => ` step${index % 10}`);
const answer: readonly string[] = Array.from({ length: 33 }, (_, index) => ` word${index % 10}`);
export const reply: readonly string[] = [...reasoning, '</think>', ...answer];

const thinking = { outcome: 'closed', tokens: 31, forced_tokens: 0, budget: null, stopped_by: 'model' };

/** About 400 bytes. */
export const prompt: string = 'Use 3, 5 and 6 once each with + - * to make 21. '.repeat(8);

export const tokensPerSecond = 50;

/** Models of the bench: `instant` waits for nothing, `paced` emits at `tokensPerSecond`; `remote-…` does so over HTTP. */
export type BenchModel = 'instant' | 'paced' | 'remote-instant' | 'remote-paced';

export function requestBody(model: BenchModel, stream: boolean): string {
  return JSON.stringify({ model, stream, max_tokens: 200, messages: [{ role: 'user', content: prompt }] });
}

/** The streamed events of a reply as our gateway writes them, for the raw upstream to play. */
export function replyEvents(): readonly string[] {
  const chunk = (delta: object, finish: string | null, extra: object = {}): string =>
    `data: ${JSON.stringify({
      id: 'chatcmpl_mf3k2a9x_0123456789abcdef0123',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'paced',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...extra,
    })}\n\n`;
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...reasoning.map((text) => chunk({ reasoning_content: text, reasoning: text }, null)),
    ...answer.map((text) => chunk({ content: text }, null)),
    `${chunk({}, 'stop', { x_tiegel: { thinking } })}data: [DONE]\n\n`,
  ];
}

/** The whole reply as our gateway writes it. */
export function replyDocument(): string {
  const thought = reasoning.join('').trim();
  return JSON.stringify({
    id: 'chatcmpl_mf3k2a9x_0123456789abcdef0123',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'instant',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.join('').trim(),
          reasoning_content: thought,
          reasoning: thought,
          refusal: null,
        },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: 110,
      completion_tokens: reply.length,
      total_tokens: 110 + reply.length,
      completion_tokens_details: { reasoning_tokens: reasoning.length + 1 },
    },
    x_tiegel: { thinking },
  });
}
