// A turn of a conversation as a stream: what arrived since it was last asked for, not token by token.
import type {
  BillExtension,
  ChatCompletionChunk,
  ChatCompletionRequest,
  CompletionUsage,
  ErrorEnvelope,
  StrategyExtension,
  TiegelExtension,
} from '../../../src/wire/index.ts';
import { ApiError, type RequestOptions, send } from './client.ts';
import { eventReader } from './server-events.ts';

/** What the playground says of a request, which a program could say as well. */
export type ChatRequest = Pick<
  ChatCompletionRequest,
  'model' | 'messages' | 'reasoning_effort' | 'thinking_token_budget' | 'temperature' | 'seed' | 'x_tiegel'
>;

/** What arrived together. */
export type Progress = {
  readonly id: string | null;
  readonly thinking: string;
  readonly answer: string;
  /** Events with text, which is about as many tokens. */
  readonly thinkingTokens: number;
  readonly finish: string | null;
  readonly stoppedBy: string | null;
  readonly usage: CompletionUsage | null;
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  /** What was spent on it, where several samples were. */
  readonly strategy: StrategyExtension | null;
};

/** A stream that has begun can end in an error. */
type Event = ChatCompletionChunk | ErrorEnvelope;

/** @throws ApiError, also where the stream ends with one */
export async function* streamChat(
  request: ChatRequest,
  options: Pick<RequestOptions, 'account' | 'signal' | 'gatherMs'>,
): AsyncGenerator<Progress> {
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await send('/v1/chat/completions', { ...options, method: 'POST', body });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const read = eventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = read(decoder.decode(value, { stream: true })).filter((data) => data !== '[DONE]');
    if (events.length > 0) yield progressOf(events.map((data) => JSON.parse(data) as Event));
  }
}

function progressOf(events: readonly Event[]): Progress {
  let [thinking, answer, thinkingTokens] = ['', '', 0];
  let last: Omit<Progress, 'thinking' | 'answer' | 'thinkingTokens'> = {
    ...{ id: null, finish: null, stoppedBy: null, usage: null, cost: null, strategy: null },
  };
  for (const chunk of events) {
    if ('error' in chunk) throw errorOf(chunk.error);
    const [choice] = chunk.choices;
    const thought = choice?.delta.reasoning_content ?? choice?.delta.reasoning ?? '';
    thinking += thought;
    answer += choice?.delta.content ?? '';
    if (thought !== '') thinkingTokens++;
    const facts: Partial<BillExtension & TiegelExtension> = chunk.x_tiegel ?? {};
    const { amount, currency } = facts;
    last = {
      id: chunk.id,
      finish: choice?.finish_reason ?? last.finish,
      stoppedBy: facts.thinking?.stopped_by ?? last.stoppedBy,
      usage: chunk.usage ?? last.usage,
      strategy: facts.strategy ?? last.strategy,
      cost: amount !== undefined && currency !== undefined ? { amount, currency } : last.cost,
    };
  }
  return { ...last, thinking, answer, thinkingTokens };
}

function errorOf({ message, tgl_code, fix, request_id }: ErrorEnvelope['error']): ApiError {
  return new ApiError({
    ...{ status: 200, message, code: tgl_code },
    ...{ fix, requestId: request_id },
  });
}

/** Makes a running request answer with what it has thought so far. */
export async function endThinking(id: string, account: string | undefined): Promise<void> {
  const path = `/v1/requests/${encodeURIComponent(id)}/end-thinking`;
  await send(path, { method: 'POST', body: {}, account });
}
