// Foundry Local, Microsoft's service for models on one PC, as far as it says which of them run on an NPU. Up to version 0.9 of
// its command line the documented interface (`/openai/status`, `/foundry/list`: learn.microsoft.com, Foundry Local REST API
// reference); from 0.10 on, where those are gone, `/v1/models`, which holds what was downloaded and names the device in the
// model's name only (`…-qnn-npu`). Written from these descriptions; no such service was at hand.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import { type Device, deviceInName, deviceOf } from './device-in-name.ts';

export type LocalServiceModel = {
  readonly id: string;
  readonly device: Device | null;
  /** What runs it there, such as `QNN`; null where nobody says. */
  readonly provider: string | null;
  readonly bytes: number | null;
  readonly downloaded: boolean;
};

export type FoundryLocalOptions = {
  /** Where it listens, such as `http://127.0.0.1:5272`. */
  readonly origin: string;
  readonly outbound: Outbound;
  readonly signal?: AbortSignal;
};

const deadlines = { connectMs: 2_000, firstByteMs: 20_000, totalMs: 30_000 };
const longestAnswer = 8 * 1024 * 1024;

const name = z.string().min(1).max(256);
const status = z.looseObject({ Endpoints: z.array(z.string()) });
const listed = z.looseObject({
  name,
  fileSizeMb: z.number().nonnegative().nullish(),
  runtime: z.looseObject({ deviceType: z.string().max(64), executionProvider: z.string().max(64) }),
});
// The reference describes a member `models`; its own clients read a bare list.
const catalog = z.union([z.array(listed), z.looseObject({ models: z.array(listed) })]);
const names = z.array(name);
const models = z.looseObject({ data: z.array(z.looseObject({ id: name })) });

/**
 * The models that the service offers on this machine.
 *
 * @throws TGL_UPSTREAM_UNUSABLE where something else answers, TGL_OUTBOUND_*, the reason of the signal
 */
export async function askFoundryLocal(options: FoundryLocalOptions): Promise<readonly LocalServiceModel[]> {
  if ((await answer(options, '/openai/status', status)) !== undefined) {
    const offered = await answer(options, '/foundry/list', catalog);
    const downloaded = new Set(await answer(options, '/openai/models', names));
    const list = Array.isArray(offered) ? offered : (offered?.models ?? []);
    return list.map(({ name: id, fileSizeMb, runtime }) => ({
      id,
      device: deviceOf(runtime.deviceType),
      provider: runtime.executionProvider.replace(/ExecutionProvider$/, ''),
      bytes: fileSizeMb == null ? null : fileSizeMb * 2 ** 20,
      downloaded: downloaded.has(id),
    }));
  }
  const known = await answer(options, '/v1/models', models);
  if (known === undefined) {
    const problem = 'what answers there is no Foundry Local';
    throw new TiegelError('TGL_UPSTREAM_UNUSABLE', { model: 'Foundry Local', problem });
  }
  return known.data.map(({ id }) => ({ id, ...deviceInName(id), bytes: null, downloaded: true }));
}

/** Undefined where there is no such page or something else on it. */
async function answer<Schema extends z.ZodType>(
  { origin, outbound, signal }: FoundryLocalOptions,
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  using response = await outbound.request({
    url: origin + path,
    deadlines,
    maxBytes: longestAnswer,
    ...(signal !== undefined && { signal }),
  });
  if (response.status !== 200) return undefined;
  const text = await response.text();
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
