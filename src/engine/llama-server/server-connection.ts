// What is asked of a running llama-server, over its own HTTP interface: tools/server/README.md of llama.cpp, as of 0.5.0.
import { TiegelError } from '../../base/index.ts';
import { createOutbound } from '../../outbound/index.ts';
import { replyLimits } from '../remote/reply-limits.ts';
import { createSseParser } from '../remote/sse-parser.ts';
import { type CompletionChunk, readChunk } from './completion-chunk.ts';

/** The server refused a request, or gave an answer that makes no sense. */
export class ServerRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type ServerConnection = AsyncDisposable & {
  readonly healthy: () => Promise<boolean>;
  /** Tokens of prompt and completion that a slot holds. */
  readonly slotContext: () => Promise<number>;
  /** Slots with a completion under way. */
  readonly busySlots: (limitMs: number) => Promise<ReadonlySet<number>>;
  readonly tokenise: (text: string, special: boolean) => Promise<readonly TokenPiece[]>;
  /** Tokens that end a turn. */
  readonly endTokens: () => Promise<ReadonlySet<number>>;
  /** Leaving the loop early closes the connection, which is how a completion is aborted. @throws ServerRefusal */
  readonly complete: (
    body: CompletionBody,
    signal: AbortSignal,
  ) => AsyncGenerator<readonly CompletionChunk[]>;
};

/** What the size of an answer depends on, and whatever else the server is told. */
export type CompletionBody = {
  readonly prompt: readonly number[];
  readonly n_predict: number;
  readonly n_probs?: number;
  readonly [name: string]: unknown;
};

export type TokenPiece = { readonly id: number; readonly bytes: Uint8Array };

const answerMs = 30_000;
const largestAnswer = 4 * 1024 * 1024;
/** Of the list of tokens, for each byte of a text: at most a token with its number and its piece as a list. */
const answerPerByte = 80;
/** Of the last event, which repeats the prompt as text. */
const eventPerPromptToken = 512;

export function createServerConnection(origin: string, key: string): ServerConnection {
  const outbound = createOutbound({ allowedOrigins: [origin] });
  const credentials = { authorization: `Bearer ${key}` };
  const headers = { 'content-type': 'application/json' };
  const none = Number.POSITIVE_INFINITY;

  const ask = async (
    path: string,
    body?: object,
    limitMs = answerMs,
    maxBytes = largestAnswer,
  ): Promise<unknown> => {
    using response = await outbound.request({
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body), headers }),
      url: `${origin}${path}`,
      credentials,
      deadlines: { firstByteMs: limitMs, totalMs: limitMs },
      maxBytes,
    });
    const text = await response.text();
    if (response.status !== 200) throw new ServerRefusal(response.status, problemIn(text));
    return JSON.parse(text);
  };

  return {
    healthy: async () => {
      const answer = await ask('/health', undefined, 1_000).catch(() => undefined);
      return answer !== undefined;
    },
    slotContext: async () => {
      const { default_generation_settings: settings } = (await ask('/props')) as {
        readonly default_generation_settings: { readonly n_ctx: number };
      };
      return settings.n_ctx;
    },
    busySlots: async (limitMs) => {
      const slots = (await ask('/slots', undefined, limitMs)) as readonly {
        readonly id: number;
        readonly is_processing: boolean;
      }[];
      return new Set(slots.filter((slot) => slot.is_processing).map(({ id }) => id));
    },
    tokenise: async (content, special) => {
      const body = { content, add_special: false, parse_special: special, with_pieces: true };
      const most = largestAnswer + answerPerByte * Buffer.byteLength(content);
      const { tokens } = (await ask('/tokenize', body, answerMs, most)) as {
        readonly tokens: readonly { readonly id: number; readonly piece: string | readonly number[] }[];
      };
      // A piece that is no text by itself comes as its bytes.
      return tokens.map(({ id, piece }) => ({
        id,
        bytes: typeof piece === 'string' ? Buffer.from(piece) : Uint8Array.from(piece),
      }));
    },
    endTokens: async () => {
      // Nothing else lists them: a request that ignores them is told which biases that meant.
      const body = { prompt: [0], n_predict: 0, ignore_eos: true, cache_prompt: false };
      const { generation_settings: settings } = (await ask('/completion', body)) as {
        readonly generation_settings: { readonly logit_bias: readonly { readonly token: number }[] };
      };
      return new Set(settings.logit_bias.map(({ token }) => token));
    },
    complete: async function* (body, signal) {
      const { n_predict: maxTokens, n_probs: logProbabilities } = body;
      const limits = replyLimits(
        { maxTokens, ...(logProbabilities !== undefined && { logProbabilities }) },
        maxTokens,
      );
      const promptBytes = body.prompt.length * eventPerPromptToken;
      using response = await outbound.request({
        method: 'POST',
        url: `${origin}/completion`,
        headers,
        credentials,
        body: JSON.stringify(body),
        deadlines: { firstByteMs: none, idleMs: none },
        maxBytes: limits.streamBytes + promptBytes,
        signal,
      });
      if (response.status !== 200) throw new ServerRefusal(response.status, problemIn(await response.text()));
      const parser = createSseParser(limits.eventCharacters + promptBytes, () => {
        throw new ServerRefusal(200, 'it sent an event that is too large');
      });
      for await (const bytes of response.body) {
        const chunks = parser.push(bytes).map(({ data }) => readChunk(data));
        for (const chunk of chunks) if (typeof chunk === 'string') throw new ServerRefusal(200, chunk);
        if (chunks.length > 0) yield chunks as readonly CompletionChunk[];
      }
    },
    [Symbol.asyncDispose]: () => outbound[Symbol.asyncDispose](),
  };
}

/** The message in an error of the server. */
function problemIn(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly error: { readonly message: unknown } }).error.message);
  } catch {
    return 'it refused without a reason';
  }
}

/** Whether a fault lies in the connection, and so in the server being gone. */
export function isConnectionFault(cause: unknown): boolean {
  return TiegelError.isInstance(cause) && cause.code.includes('_OUTBOUND_');
}
