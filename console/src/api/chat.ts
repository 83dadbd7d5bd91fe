// A turn of a conversation as a stream: what arrived since the last time, not token by token.
import { ApiError, type RequestOptions, send } from './client.ts';
import { eventReader } from './server-events.ts';

export type Message = { readonly role: 'user' | 'assistant'; readonly content: string };

export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly reasoning_effort?: string;
  readonly thinking_token_budget?: number;
  readonly temperature?: number;
  readonly seed?: number;
};

export type Usage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
};

/** What arrived together. */
export type Progress = {
  readonly id: string | null;
  readonly thinking: string;
  readonly answer: string;
  /** Events with text, which is about as many tokens. */
  readonly thinkingTokens: number;
  readonly finish: string | null;
  readonly stoppedBy: string | null;
  readonly usage: Usage | null;
  readonly cost: { readonly amount: string; readonly currency: string } | null;
};

type Chunk = {
  readonly id?: string;
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string;
      readonly reasoning_content?: string;
      readonly reasoning?: string;
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage;
  readonly x_tiegel?: {
    readonly thinking?: { readonly stopped_by: string | null };
    readonly amount?: string;
    readonly currency?: string;
  };
  readonly error?: {
    readonly message: string;
    readonly tgl_code?: string;
    readonly fix?: string;
    readonly request_id?: string;
  };
};

/** @throws ApiError, also where the stream ends with one */
export async function* streamChat(
  request: ChatRequest,
  options: Pick<RequestOptions, 'account' | 'signal'>,
): AsyncGenerator<Progress> {
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await send('/v1/chat/completions', { ...options, method: 'POST', body });
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .getReader();
  const read = eventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = read(value).filter((data) => data !== '[DONE]');
    if (events.length > 0) yield progressOf(events.map((data) => JSON.parse(data) as Chunk));
  }
}

function progressOf(chunks: readonly Chunk[]): Progress {
  let [thinking, answer, thinkingTokens] = ['', '', 0];
  let last: Omit<Progress, 'thinking' | 'answer' | 'thinkingTokens'> = {
    ...{ id: null, finish: null, stoppedBy: null, usage: null, cost: null },
  };
  for (const chunk of chunks) {
    if (chunk.error !== undefined) throw errorOf(chunk.error);
    const [choice] = chunk.choices ?? [];
    const thought = choice?.delta.reasoning_content ?? choice?.delta.reasoning ?? '';
    thinking += thought;
    answer += choice?.delta.content ?? '';
    if (thought !== '') thinkingTokens++;
    const { thinking: how, amount, currency } = chunk.x_tiegel ?? {};
    last = {
      id: chunk.id ?? last.id,
      finish: choice?.finish_reason ?? last.finish,
      stoppedBy: how?.stopped_by ?? last.stoppedBy,
      usage: chunk.usage ?? last.usage,
      cost: amount !== undefined && currency !== undefined ? { amount, currency } : last.cost,
    };
  }
  return { ...last, thinking, answer, thinkingTokens };
}

function errorOf({ message, tgl_code, fix, request_id }: NonNullable<Chunk['error']>): ApiError {
  return new ApiError({
    ...{ status: 200, message, code: tgl_code ?? 'error' },
    ...{ fix: fix ?? null, requestId: request_id ?? null },
  });
}

/** Makes a running request answer with what it has thought so far. */
export async function endThinking(id: string, account: string | undefined): Promise<void> {
  const path = `/v1/requests/${encodeURIComponent(id)}/end-thinking`;
  await send(path, { method: 'POST', body: {}, account });
}
