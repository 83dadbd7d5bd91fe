// Where a request may be answered: over regions, operators and every way to an engine, nothing reaches a server that the data
// policy forbids. The servers count what reaches them.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DeclaredPlace, type EnginePlace, systemClock, systemEntropy } from '../../src/base/index.ts';
import type { AdmittedRemote } from '../../src/catalog/index.ts';
import { createRemoteEngine, type Engine } from '../../src/engine/index.ts';
import { qwen25Template } from '../../src/formats/chat-template/qwen.ts';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import { keysOf } from '../../src/gateway/testing.ts';
import {
  effectivePolicy,
  mayServe,
  type PolicyDocument,
  permittedPlaces,
  presets,
} from '../../src/governance/index.ts';
import { createOutbound, type Outbound } from '../../src/outbound/index.ts';
import type { RequestRecord } from '../../src/traffic/index.ts';

const key = 'tgl_test-key-0123456789';

const regions = [undefined, 'DE-BE', 'IE', 'US'];
const operators: readonly DeclaredPlace[] = [
  {},
  { ownHardware: true },
  { operator: { name: 'Near GmbH', country: 'DE' } },
  { operator: { name: 'Far Ltd', country: 'CN' } },
];
const declared: readonly DeclaredPlace[] = regions.flatMap((region) =>
  operators.map((operator) => ({ ...(region !== undefined && { region }), ...operator })),
);

const policies: Readonly<Record<string, PolicyDocument>> = {
  'no policy': { schema: 1 },
  ...Object.fromEntries(Object.entries(presets).map(([name, { document }]) => [name, document])),
  'one country': { schema: 1, engines: { regions: ['DE'] } },
  'one operator': { schema: 1, engines: { operators: ['Near GmbH'] } },
  'nothing at all': { schema: 1, engines: { regions: [] }, egress: 'own-hardware' },
};

/** How the servers answer at the moment. */
let answering: 'well' | 'with 500' | 'by hanging up' = 'well';
let received: number[] = [];
let inForce: PolicyDocument = { schema: 1 };
const records: RequestRecord[] = [];

const servers: Server[] = [];
const engines: Engine[] = [];
let places: readonly EnginePlace[] = [];
let outbound: Outbound;
let gateway: Gateway;
let url: string;

function answer(response: ServerResponse): void {
  if (answering === 'by hanging up') return void response.socket?.destroy();
  if (answering === 'with 500') return void response.writeHead(500).end('{"error":{"message":"broken"}}');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, text: 'seven', finish_reason: finish }] })}\n\n`;
  response.write(chunk({ role: 'assistant', content: 'seven' }, null));
  response.write(chunk({}, 'stop'));
  response.write(
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}

async function startServer(index: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(404).end();
      received[index] = (received[index] ?? 0) + 1;
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function remoteEngine(model: string, endpoints: readonly string[], clientSideTemplate = false): Engine {
  const engine = createRemoteEngine({
    ...{ model, remoteModel: 'm', endpoints, server: 'vllm', contextLength: 4096, outbound },
    ...{ clock: systemClock, clientSideTemplate },
    limits: { attempts: endpoints.length, failures: 1000 },
  });
  engines.push(engine);
  return engine;
}

/** A server of the kind that no kind of ours is yet: one that gives vectors. */
function embeddingEngine(model: string, endpoint: string): Engine {
  const { within: _, ...engine } = remoteEngine(model, [endpoint]);
  return {
    ...engine,
    capabilities: { ...engine.capabilities, embeddings: true },
    embed: async (texts) => {
      await (await fetch(`${endpoint}/embeddings`, { method: 'POST', body: '{}' })).text();
      return texts.map(() => ({ vector: Float32Array.of(1), tokens: 1 }));
    },
  };
}

beforeAll(async () => {
  const endpoints = await Promise.all(declared.map((_, index) => startServer(index)));
  places = declared.map(({ region = null, operator = null, ownHardware = false }, index) => {
    return { region, operator, ownHardware, host: new URL(endpoints[index] as string).host };
  });
  outbound = createOutbound({ allowedOrigins: endpoints });
  // Only the catalog makes one; this test pretends to be it.
  const admitted = {
    ...{ admissionKey: '0'.repeat(64), record: { expires: '2999-01-01T00:00:00.000Z' } },
    serving: {
      sampling: { temperature: 0, topP: 1, maxTokens: 100 },
      ...{ runtimeBuild: 'r', thinkingBudget: null, systemPrompt: null, filters: [] },
    },
  } as unknown as AdmittedRemote;
  const shared = { admitted, template: null, created: 0 };
  const all = { ...shared, engine: remoteEngine('all', endpoints), places };
  const single = endpoints.map((endpoint, index) => ({
    ...{ ...shared, engine: embeddingEngine(`at-${index}`, endpoint) },
    places: [places[index] as EnginePlace],
  }));
  const rendered = endpoints.map((endpoint, index) => ({
    ...{ ...shared, engine: remoteEngine(`rendered-${index}`, [endpoint], true), template: qwen25Template },
    places: [places[index] as EnginePlace],
  }));
  const policiesInForce = { of: () => ({ policy: effectivePolicy(inForce), version: 7 }) };
  gateway = createGateway({
    models: {
      list: () => [],
      resolve: (name) => {
        const [kind, index] = name.split('-');
        return kind === 'all' ? all : (kind === 'at' ? single : rendered)[Number(index)];
      },
    },
    keys: keysOf(key),
    ...{ clock: systemClock, entropy: systemEntropy, logger: pino({ level: 'silent' }) },
    permittedPlaces: permittedPlaces(policiesInForce),
    observers: [{ ended: (record) => void records.push(record) }],
  });
  url = await gateway.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.close();
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  await outbound[Symbol.asyncDispose]();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  received = declared.map(() => 0);
  records.splice(0);
  answering = 'well';
});

const messages = [{ role: 'user', content: 'What is 3 + 4?' }];

type Operation = { readonly path: string; readonly body: object };

const operations: Readonly<Record<string, Operation>> = {
  'a turn': { path: '/v1/chat/completions', body: { messages } },
  'a streamed turn': { path: '/v1/chat/completions', body: { messages, stream: true } },
  "Anthropic's turn": { path: '/v1/messages', body: { messages, max_tokens: 10 } },
  'a turn as responses': { path: '/v1/responses', body: { input: 'What is 3 + 4?' } },
  embeddings: { path: '/v1/embeddings', body: { input: 'seven' } },
  "Ollama's embeddings": { path: '/api/embed', body: { input: ['seven'] } },
};

/** Where prompts are rendered here, which is where tokens can be counted. */
const ofRendered: Readonly<Record<string, Operation>> = {
  'a count of tokens': { path: '/v1/messages/count_tokens', body: { messages } },
  'a rendered turn': { path: '/v1/chat/completions', body: { messages } },
};

async function ask(model: string, { path, body }: Operation): Promise<[number, string]> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  });
  return [response.status, await response.text()];
}

describe.each(Object.keys(policies))('%s', (name) => {
  const document = policies[name] as PolicyDocument;
  const mayReach = (index: number): boolean =>
    mayServe(effectivePolicy(document), places[index] as EnginePlace).allowed;

  test.each([
    ...Object.keys(operations).map((what) => [what, 'at']),
    ...Object.keys(ofRendered).map((what) => [what, 'rendered']),
  ] as const)('%s reaches the one server or, where that is forbidden, none', async (what, kind) => {
    inForce = document;
    const operation = { ...operations, ...ofRendered }[what] as Operation;
    for (const index of declared.keys()) {
      const [status, text] = await ask(`${kind}-${index}`, operation);
      expect([index, status], text).toEqual([index, mayReach(index) ? 200 : 403]);
      if (!mayReach(index)) {
        expect(text).toMatch(/version 7.*(egress|engines\.\w+) \(/);
      }
    }
    expect(received).toEqual(declared.map((_, index) => (mayReach(index) ? 1 : 0)));
  });

  test.each(['well', 'with 500', 'by hanging up'] as const)(
    'among replicas that answer %s, no choice, fallback or retry goes to a forbidden one',
    async (how) => {
      inForce = document;
      answering = how;
      const allowed = [...declared.keys()].filter(mayReach);
      for (let round = 0; round < 3; round++) {
        const [status] = await ask('all', operations['a turn'] as Operation);
        if (allowed.length === 0) expect(status).toBe(403);
        else if (how === 'well') expect(status).toBe(200);
        else expect(status).toBeGreaterThanOrEqual(500);
      }
      const reached = [...declared.keys()].filter((index) => (received[index] ?? 0) > 0);
      expect(reached.filter((index) => !mayReach(index))).toEqual([]);
      // Every replica that is left is tried before the request fails, so that a forbidden one would have been.
      if (how === 'well') expect(reached.length > 0).toBe(allowed.length > 0);
      else expect(reached).toEqual(allowed);
      for (const record of records)
        expect([record.policyVersion, record.places]).toEqual([
          allowed.length === 0 ? null : 7,
          allowed.map((index) => places[index] as EnginePlace),
        ]);
    },
  );
});
