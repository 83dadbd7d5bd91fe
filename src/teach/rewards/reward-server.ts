// The reward server: verifiers over HTTP for trainers on other machines. Answers depend on the request and on what was
// answered before under the same ids, on nothing else. It is made for one operator's jobs, not for the open network:
// without TLS of its own, on loopback by default.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { type Clock, digestOf, TiegelError } from '../../base/index.ts';
import { createAnswered } from './answered.ts';
import {
  type ItemReward,
  maxBatchItems,
  type OpenRlhfRequest,
  openRlhfLabel,
  openRlhfRequest,
  type RewardItem,
  type RewardReply,
  type RewardRequest,
  rewardRequest,
} from './protocol.ts';
import { createRateLimit } from './rate-limit.ts';
import { type RewardRules, rewardItems } from './reward-items.ts';
import type { RunTokens } from './run-tokens.ts';
import type { SampleLog } from './sample-log.ts';
import { verifierVersion } from './verifiers.ts';

export type RewardServerOptions = {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly rules: RewardRules;
  readonly tokens: RunTokens;
  readonly log: SampleLog;
  readonly clock: Clock;
  /** Completions per second of one run, averaged over ten seconds. */
  readonly itemsPerSecond: number;
  /** Is told about faults of the server itself; the trainer only learns that there was one. */
  readonly onFault: (cause: unknown) => void;
};

export type RewardServer = AsyncDisposable & { readonly url: string };

const maxBodyBytes = 128 * 2 ** 20;
const answersKept = 200_000;

/** @throws what listening throws */
export async function startRewardServer(options: RewardServerOptions): Promise<RewardServer> {
  const routes = createRoutes(options);
  const server = createServer((request, response) => {
    handle(routes, request)
      .then((value) => send(response, 200, value))
      .catch((cause: unknown) => {
        if (!TiegelError.isInstance(cause)) options.onFault(cause);
        sendError(response, cause);
      });
  });
  server.requestTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

type Routes = Readonly<Record<string, (body: unknown, request: IncomingMessage) => object>>;

function createRoutes({ rules, tokens, log, clock, itemsPerSecond }: RewardServerOptions): Routes {
  const answered = createAnswered(answersKept);
  const allow = createRateLimit(clock, {
    perSecond: itemsPerSecond,
    burst: Math.max(maxBatchItems, 10 * itemsPerSecond),
  });

  const rewards = ({ run, step, items }: RewardRequest, rules: RewardRules): readonly ItemReward[] => {
    const answers = items.map((item) => answered(run, item));
    const known = answers.flatMap(({ given }) => given ?? []);
    if (known.length === items.length) return known;
    allow(run, items.length);
    return rewardItems(items, rules).map((reward, index) => {
      const { given, keep } = answers[index] as (typeof answers)[number];
      if (given !== undefined) return given;
      keep(reward);
      log(run, step, items[index] as RewardItem, reward);
      return reward;
    });
  };

  return {
    'POST /v1/rewards': (body, request) => {
      const asked = parse(rewardRequest, body);
      requireToken(tokens, request, asked.run);
      return { rewards: rewards(asked, rules), verifier_version: verifierVersion } satisfies RewardReply;
    },
    'POST /adapters/openrlhf': (body, request) => {
      const run = singleParameter(request, 'run');
      requireToken(tokens, request, run);
      const items = openRlhfItems(parse(openRlhfRequest, body));
      return { rewards: withoutNulls(items, rewards({ run, step: 0, items }, withoutLengths(rules))) };
    },
  };
}

async function handle(routes: Routes, request: IncomingMessage): Promise<object> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const received = `${request.method} ${pathname}`;
  if (received === 'GET /healthz') return { status: 'ok', verifier_version: verifierVersion };
  const route = Object.hasOwn(routes, received) ? routes[received] : undefined;
  if (route === undefined) {
    throw new TiegelError('TGL_REWARD_ROUTE', { received });
  }
  return route(await readJson(request), request);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBodyBytes) throw new TiegelError('TGL_REQUEST_TOO_LARGE', { limit: maxBodyBytes });
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw new TiegelError('TGL_REQUEST_INVALID', { problem: 'The body is not JSON.' }, { cause });
  }
}

function parse<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') || 'the body';
  throw new TiegelError('TGL_REQUEST_INVALID', { problem: `${place}: ${issue?.message}.` });
}

/** A token in the header, or, for OpenRLHF, which sends no headers, in the address. */
function requireToken(tokens: RunTokens, request: IncomingMessage, run: string): void {
  const header = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const presented = header ?? singleParameter(request, 'token');
  if (tokens.accepts(run, presented)) return;
  throw new TiegelError('TGL_REWARD_TOKEN', { run });
}

function singleParameter(request: IncomingMessage, name: string): string {
  return new URL(request.url ?? '/', 'http://localhost').searchParams.get(name) ?? '';
}

/** OpenRLHF sends neither ids nor lengths: the same text for the same prompt is the same completion. */
function openRlhfItems({ query, prompts, labels }: OpenRlhfRequest): readonly RewardItem[] {
  return query.map((text, index) => {
    const prompt = prompts[index] as string;
    const label = parse(openRlhfLabel, parseLabel(labels[index] as string, index));
    const completion = text.startsWith(prompt) ? text.slice(prompt.length) : text;
    const id = digestOf(JSON.stringify([prompt, completion, label]));
    return { id, ...label, prompt, completion, n_tokens: 0, truncated: false };
  });
}

function withoutLengths({ weights, limits }: RewardRules): RewardRules {
  const { length: _, cosine: __, overlong: ___, ...others } = weights;
  return { weights: others, limits };
}

function parseLabel(label: string, index: number): unknown {
  try {
    return JSON.parse(label);
  } catch (cause) {
    const problem = `labels.${index}: expected JSON with task, verifier and ground_truth.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { problem }, { cause });
  }
}

/** OpenRLHF supports only numbers, and the mean of its group is the one that gives an unscorable item no advantage. */
function withoutNulls(items: readonly RewardItem[], rewards: readonly ItemReward[]): readonly number[] {
  const groups = Map.groupBy(rewards, (_, index) => items[index]?.prompt);
  return rewards.map(({ reward }, index) => {
    if (reward !== null) return reward;
    const scored = (groups.get(items[index]?.prompt) ?? []).flatMap((other) => other.reward ?? []);
    return scored.length === 0 ? 0 : scored.reduce((sum, value) => sum + value, 0) / scored.length;
  });
}

function sendError(response: ServerResponse, cause: unknown): void {
  const known = TiegelError.isInstance(cause) ? cause : undefined;
  const { code, message, fix, retryable }: Partial<TiegelError> = known ?? {
    message: 'An internal error.',
    retryable: false,
  };
  send(response, known?.status ?? 500, { error: { code, message, fix, retryable } });
}

function send(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed) return;
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
