// What the tests of this folder start: a gateway on a free port over scripted engines, and a client of it.
import { connect, type Socket } from 'node:net';
import OpenAI from 'openai';
import { pino } from 'pino';
import { type EnginePlace, systemClock, systemEntropy } from '../base/index.ts';
import type { AdmittedVariant, ServingConfiguration } from '../catalog/index.ts';
import { createScriptedEngine, type Engine, type ScriptedEngineOptions } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { createPrincipal, type Principal, scopes } from '../traffic/index.ts';
import type { GatewayKeys } from './access/access.ts';
import type { ServedModel } from './access/served-model.ts';
import { testModel } from './example-requests.ts';
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';

export { exampleOf, inferenceRoutes, testModel } from './example-requests.ts';

export const testKey = 'tgl_test-key-0123456789';

export type RunningGateway = AsyncDisposable & {
  readonly gateway: Gateway;
  readonly engine: Engine;
  readonly url: string;
  readonly port: number;
  readonly client: OpenAI;
  /** The log so far, one JSON text per line. */
  readonly log: () => string;
};

/** Somebody who may do everything, but for the changes. */
export function principalOf(change: Partial<Parameters<typeof createPrincipal>[0]> = {}): Principal {
  return createPrincipal({
    ...{ organisation: 'local', account: 'operator', principalId: 'operator', keyId: 'operator' },
    ...{ scopes: new Set(scopes), models: null, region: null, cacheScope: 'operator' },
    revoked: new AbortController().signal,
    ...change,
  });
}

/** One key, which may do everything. */
export function keysOf(key: string, account: string | null = 'operator'): GatewayKeys {
  const principal = principalOf({ account });
  return {
    givenByOperator: true,
    authenticate: (presented) => (presented === key ? principal : undefined),
  };
}

/** Only the catalog makes an AdmittedVariant; tests of the gateway pretend to be it. */
export function pretendAdmitted(
  expires = '2999-01-01T00:00:00.000Z',
  change: Partial<ServingConfiguration> = {},
): AdmittedVariant {
  const serving: ServingConfiguration = {
    runtimeBuild: 'scripted',
    sampling: { temperature: 0.6, topP: 0.95, maxTokens: 1000 },
    ...{ thinkingBudget: null, systemPrompt: null, filters: [], ...change },
  };
  return { admissionKey: '0'.repeat(64), record: { expires }, serving } as unknown as AdmittedVariant;
}

export function servedBy(engine: Engine, admitted: AdmittedVariant = pretendAdmitted()): ServedModel {
  return { admitted, engine, places: [ownPlace], template: tiegelTemplate, created: 1_700_000_000_000 };
}

/** Where a test runs. */
const ownPlace: EnginePlace = { region: null, operator: null, ownHardware: true, host: null };

/** `model` as its own name; anything else is unknown. */
export async function startGateway(
  script: Partial<ScriptedEngineOptions> & {
    readonly served?: (engine: Engine) => ReturnType<GatewayOptions['models']['resolve']>;
  },
  options: Partial<GatewayOptions> = {},
): Promise<RunningGateway> {
  const { served = servedBy, ...engineOptions } = script;
  const engine = createScriptedEngine({ model: testModel, reply: () => [], ...engineOptions });
  const model = served(engine);
  let log = '';
  const gateway = createGateway({
    models: {
      list: () => [{ name: testModel, created: 1_700_000_000_000 }],
      resolve: (name) => (name === testModel ? model : undefined),
    },
    keys: keysOf(testKey),
    clock: systemClock,
    entropy: systemEntropy,
    logger: pino(
      {},
      {
        write: (line) => {
          log += line;
        },
      },
    ),
    ...options,
  });
  const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
  return {
    gateway,
    engine,
    url,
    port: Number(new URL(url).port),
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: testKey, maxRetries: 0 }),
    log: () => log,
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      await engine[Symbol.asyncDispose]();
    },
  };
}

/**
 * Sends bytes as they are and resolves with what came back: a whole response, or everything until the socket closed. Leaves
 * earlier, after `forMs`, where that is given.
 */
export function sendRaw(port: number, bytes: string | Uint8Array, forMs?: number): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = forMs === undefined ? undefined : setTimeout(() => socket.destroy(), forMs);
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (forMs === undefined && isWholeResponse(received)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
  });
}

function isWholeResponse(received: string): boolean {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1];
  return length !== undefined && received.length - end - 4 >= Number(length);
}

/** Polls until it holds, however slow the machine is; the test's own deadline ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
