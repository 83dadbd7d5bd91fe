// How many tokens of prompt and completion a server says it takes, out of its list of models. OpenAI's format has no
// place for that; the servers that state it use one of three members.
import { TiegelError } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';

export type StatedContextLengthOptions = {
  readonly endpoints: readonly string[];
  /** The server's name of the model. */
  readonly remoteModel: string;
  readonly key?: string;
  readonly outbound: Outbound;
  readonly signal?: AbortSignal;
};

const deadlines = { connectMs: 5_000, totalMs: 10_000 };
const longestList = 4 * 1024 * 1024;

/** The least that one of the replicas states; undefined where none does or none can be reached. */
export async function statedContextLength(options: StatedContextLengthOptions): Promise<number | undefined> {
  const stated = await Promise.all(options.endpoints.map((endpoint) => statedBy(endpoint, options)));
  const lengths = stated.filter((length) => length !== undefined);
  return lengths.length === 0 ? undefined : Math.min(...lengths);
}

async function statedBy(
  endpoint: string,
  { remoteModel, key, outbound, signal }: StatedContextLengthOptions,
): Promise<number | undefined> {
  try {
    using response = await outbound.request({
      url: `${endpoint.replace(/\/+$/, '')}/models`,
      ...(key !== undefined && { credentials: { authorization: `Bearer ${key}` } }),
      deadlines,
      maxBytes: longestList,
      ...(signal !== undefined && { signal }),
    });
    if (response.status !== 200) return undefined;
    const bytes = Buffer.concat(await Array.fromAsync(response.body));
    return lengthIn(JSON.parse(bytes.toString()), remoteModel);
  } catch (cause) {
    if (cause instanceof SyntaxError || TiegelError.isInstance(cause)) return undefined;
    throw cause;
  }
}

function lengthIn(list: unknown, remoteModel: string): number | undefined {
  const models: unknown = membersOf(list).data;
  if (!Array.isArray(models)) return undefined;
  const model = membersOf(models.find((one) => membersOf(one).id === remoteModel));
  // vLLM and SGLang; routers; llama-server, whose `n_ctx_train` is not what it serves.
  const named = [model.max_model_len, model.context_length, membersOf(model.meta).n_ctx];
  return named.find((length): length is number => Number.isSafeInteger(length) && (length as number) > 0);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
