// Keys that must be found nowhere: they are sent along every path that ends in an error, and then looked for in all answers, in the
// log at the level that tells the most, in the metrics and in every file. What of a key may be shown is its prefix and its end.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ErrorCode, errorTable, systemClock, TiegelError } from '../../src/base/index.ts';
import type { CommandDescription } from '../../src/cli/command-description.ts';
import { commands } from '../../src/cli/commands.ts';
import { createRemoteEngine } from '../../src/engine/index.ts';
import { allRoutes, exampleOf, inferenceRoutes } from '../../src/gateway/example-requests.ts';
import { errorResponse } from '../../src/gateway/http/error-response.ts';
import { sendRaw, servedBy } from '../../src/gateway/testing.ts';
import { createServerLogger } from '../../src/host/server-logger.ts';
import { createOutbound } from '../../src/outbound/index.ts';
import { author } from '../../src/store/contract.ts';
import { parseIdentifier } from '../../src/store/index.ts';
import { ask, routeNamed, type ServedStore, type ServedStoreOptions, serveStore } from './served-store.ts';

/** Of a server that is asked over the network; it looks like nothing in particular. */
const upstreamKey = 'Zp4Tq8YsQm7Lw2Xc9Vt1Rk8Bn3Hd6FsUg5';
const window = 8;

/** Where a part of a key that is not to be shown stands in a text. */
function found(key: string, text: string): readonly string[] {
  const hidden = key.replace(/^tgl_[sa]k_/, '');
  const parts = Array.from({ length: hidden.length - window }, (_, at) => hidden.slice(at, at + window));
  return parts.filter((part) => text.includes(part));
}

function filesUnder(directory: string): readonly (readonly [name: string, text: string])[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => [name, join(directory, name)] as const)
    .filter(([, path]) => statSync(path).isFile())
    .map(([name, path]) => [name, readFileSync(path, 'latin1')]);
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

type Canary = {
  readonly server: ServedStore;
  readonly key: string;
  readonly administrationKey: string;
  readonly answers: string[];
  /** Fails where a key was found anywhere. */
  readonly look: () => Promise<void>;
};

async function serve(options: ServedStoreOptions): Promise<Canary> {
  const server = await serveStore(options);
  open.push(server);
  const { secret: key, administration } = await server.addTenant('canary');
  const answers: string[] = [];
  return {
    ...{ server, key, answers, administrationKey: administration.secret },
    look: async () => {
      const metrics = await ask(server, routeNamed('/metrics'), server.operatorKey);
      const places = [
        ...answers.map((text, index) => [`answer ${index}`, text] as const),
        ...[['the log', server.log()] as const, ['the metrics', metrics.body] as const],
        ...filesUnder(server.home),
      ];
      expect(places.length).toBeGreaterThan(3);
      for (const one of [key, administration.secret, upstreamKey, server.operatorKey])
        for (const [place, text] of places) expect([place, found(one, text)]).toEqual([place, []]);
    },
  };
}

/** Requests to one route, each wrong in its own way and with the key in what is wrong. */
function wrongRequests(
  path: string,
  key: string,
  presented = key,
): Readonly<Record<string, readonly [string, RequestInit]>> {
  const post = (body: string, more: object = {}): RequestInit => ({
    method: 'POST',
    headers: { authorization: `Bearer ${presented}`, 'content-type': 'application/json', ...more },
    body,
  });
  const example = (() => {
    try {
      return exampleOf(path);
    } catch {
      return {};
    }
  })();
  const get = (headers: Readonly<Record<string, string>> = {}): RequestInit => ({
    headers: { authorization: `Bearer ${presented}`, ...headers },
  });
  const changed = (change: object): RequestInit => post(JSON.stringify({ ...example, ...change }));
  return {
    'a model': [path, changed({ model: key })],
    'a field': [path, changed({ [key]: 1 })],
    'a field within': [path, changed({ messages: [{ role: 'user', content: 'x', [key]: key }] })],
    'a value of another type': [
      path,
      changed({ messages: key, input: { [key]: key }, stream: key, tools: key }),
    ],
    'a role': [path, changed({ messages: [{ role: key, content: key }], tool_choice: key })],
    'broken JSON': [path, post(`{"${key}": "${key}`)],
    'only the key': [path, post(key)],
    'too much': [path, post(JSON.stringify({ [key]: key.repeat(100) }))],
    'another type': [path, post(key, { 'content-type': `text/${key}` })],
    'an origin': [path, post('{}', { origin: `http://${key}` })],
    'a query': [`${path}?${key}=${key}&start_time=${key}&api_key=${key}`, get()],
    'a path below': [`${path}/${key}`, get()],
    'a parameter': [path.replaceAll(/\{\w+\}/g, key), get()],
    'a parameter, posted': [path.replaceAll(/\{\w+\}/g, key), post('{}')],
    'a parameter, deleted': [path.replaceAll(/\{\w+\}/g, key), { ...get(), method: 'DELETE' }],
    'another method': [`${path}?${key}`, { ...get(), method: 'DELETE' }],
    'another key': [path, { headers: { authorization: `Bearer ${key}x` } }],
    'another scheme': [path, { headers: { authorization: `Basic ${key}` } }],
  };
}

describe.each(['refuse', 'ignore'] as const)(
  'a server that %ss fields that nobody knows',
  (unknownFields) => {
    test('tells no key, whatever is wrong with a request', async () => {
      const { server, key, answers, look } = await serve({
        script: { reply: () => ['</think>', 'ok'] },
        gateway: { unknownFields, limits: { bodyBytes: 4096 } },
      });
      const statuses = new Set<number>();
      for (const { path } of allRoutes)
        for (const [, [url, init]] of Object.entries(wrongRequests(path, key))) {
          const response = await fetch(server.url + url, init);
          statuses.add(response.status);
          answers.push(`${[...response.headers].join('\n')}\n\n${await response.text()}`);
        }
      for (const status of [400, 401, 403, 404, 413]) expect(statuses).toContain(status);
      const host = 'host: 127.0.0.1\r\n';
      const bearer = `authorization: Bearer ${key}\r\n`;
      for (const bytes of [
        `GET /${key} HTTP/9.9\r\n${host}${bearer}\r\n`,
        `${key} / HTTP/1.1\r\n${host}\r\n`,
        `GET / HTTP/1.1\r\n${host}${key}\r\n\r\n`,
        `GET / HTTP/1.1\r\nhost: ${key}\r\n${bearer}\r\n`,
        `GET http://${key}/ HTTP/1.1\r\n${host}${bearer}\r\n`,
        `GET / HTTP/1.1\r\n${host}x: ${key.repeat(400)}\r\n\r\n`,
        `POST /v1/chat/completions HTTP/1.1\r\n${host}${bearer}content-length: ${key}\r\n\r\n`,
        `POST /v1/chat/completions HTTP/1.1\r\n${host}${bearer}transfer-encoding: ${key}\r\n\r\n${key}`,
      ])
        answers.push(await sendRaw(server.port, bytes));
      await look();
    });
  },
);

test.each(['settling', 'reading usage', 'a check'])('tells no key where %s fails with it', async (what) => {
  let key = '';
  const fail = (): never => {
    throw Object.assign(new Error(`insert of ${key} failed`), { detail: key, parameters: [{ key }] });
  };
  const { server, answers, look, ...canary } = await serve({
    script: { reply: () => ['</think>', 'ok'] },
    gateway: {
      ...(what === 'settling' && { settle: async () => fail() }),
      ...(what === 'reading usage' && { readUsage: async () => fail() }),
      ...(what === 'a check' && { checks: [() => (key === '' ? undefined : fail())] }),
    },
  });
  key = canary.key;
  for (const route of allRoutes) answers.push(JSON.stringify(await ask(server, route, key)));
  expect(answers.some((text) => /"status":50[03]/.test(text))).toBe(true);
  await look();
});

test('tells no key while it drains, nor to a stream whose key is revoked', async () => {
  const { server, key, answers } = await serve({
    script: { reply: () => ['hm', 'hm'], failure: () => ({ type: 'hang', afterTokens: 1 }) },
  });
  const tenant = await server.addTenant('leaving');
  const path = '/v1/chat/completions';
  const stream = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...exampleOf(path), stream: true }),
  });
  const drained = server.drain(60_000);
  for (const route of inferenceRoutes) answers.push(JSON.stringify(await ask(server, route, key)));
  expect(answers.every((text) => text.includes('"status":503'))).toBe(true);
  await server.opened.keys.revoke(tenant.organisation, tenant.key.id, author);
  await server.refresh();
  const text = await stream.text();
  expect(text).toContain('TGL_KEY_REVOKED');
  await drained;
  const places = [...answers, text, server.log(), ...filesUnder(server.home).map(([, file]) => file)];
  for (const one of [key, tenant.secret]) for (const place of places) expect(found(one, place)).toEqual([]);
});

test('tells neither the key of a client nor that of a server that quotes all it was sent', async () => {
  let answerWith = { status: 500, type: 'application/json' };
  let key = '';
  const quoting = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      const words = `wrong: ${JSON.stringify(request.headers)} of ${key}`;
      const { status, type } = answerWith;
      response.writeHead(status, { 'content-type': type, 'x-quoted': upstreamKey });
      const json = JSON.stringify({ error: { message: words, type: upstreamKey, param: upstreamKey } });
      if (type === 'text/event-stream') response.end(`data: ${json}\n\n`);
      else response.end(type === 'application/json' ? json : words);
    });
  });
  await new Promise<void>((resolve) => quoting.listen(0, '127.0.0.1', resolve));
  open.push({
    [Symbol.asyncDispose]: async () => {
      quoting.closeAllConnections();
      await new Promise((resolve) => quoting.close(resolve));
    },
  });
  const endpoint = `http://127.0.0.1:${(quoting.address() as AddressInfo).port}/v1`;
  const outbound = createOutbound({ allowedOrigins: [endpoint] });
  const engine = createRemoteEngine({
    ...{ model: 'scripted', remoteModel: 'm', endpoints: [endpoint], server: 'vllm', contextLength: 4096 },
    ...{ outbound, clock: systemClock, key: upstreamKey, limits: { attempts: 1, failures: 1000 } },
  });
  open.push(outbound, engine);
  const { server, answers, look, ...canary } = await serve({ served: () => servedBy(engine) });
  key = canary.key;
  for (const status of [200, 400, 401, 402, 403, 404, 413, 422, 429, 500, 503])
    for (const type of ['application/json', 'text/plain', 'text/html', 'text/event-stream']) {
      answerWith = { status, type };
      for (const path of ['/v1/chat/completions', '/v1/messages', '/api/chat']) {
        const told = await ask(server, routeNamed(path), key);
        expect([status, type, told.status < 300]).toEqual([status, type, false]);
        answers.push(JSON.stringify(told));
      }
    }
  await look();
});

const key = `tgl_sk_${'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9nP2rT5u8x'}`;

test.each(Object.keys(errorTable) as ErrorCode[])('%s tells no key that its details quote', (code) => {
  const { message, fix } = errorTable[code];
  const names = [...`${message} ${fix}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const details = Object.fromEntries(
    ['field', 'path', ...names].flatMap((name) => [
      [name, `"${key}"`],
      [`${name}s`, [key, key]],
    ]),
  );
  const error = new TiegelError(code, details, { cause: new Error(key) });
  const { headers, envelope } = errorResponse(error, 'req_1');
  const blocks: string[] = [];
  const write = (block: string): void => void blocks.push(block);
  createServerLogger({ level: 'trace', write, onExit: () => {} }).error({ err: error }, key);
  expect(blocks).toHaveLength(1);
  for (const text of [JSON.stringify({ headers, envelope }), ...blocks, String(error)])
    expect(found(key, text)).toEqual([]);
});

test('a key that somebody gives as a name or a reason is not written down', async () => {
  const { server, look, ...canary } = await serve({});
  const { store, keys } = server.opened;
  const { organisation, key: record } = await server.addTenant('other');
  const named = store.accounts.create(organisation, author, { name: `of ${canary.key}` });
  await expect(named).rejects.toMatchObject({ code: 'TGL_REQUEST_INVALID' });
  await keys.revoke(organisation, record.id, { ...author, reason: `${canary.key} was lost` });
  await look();
});

test('a key in the place of an identifier is refused before anything writes it down', () => {
  let told = '';
  try {
    parseIdentifier('key', key);
  } catch (error) {
    told = String(error);
  }
  expect(told).toContain('tgl_…');
});

test('no command takes a key on its line, where the list of processes would show it', () => {
  const flagsOf = ({ options = [], commands: below = [] }: CommandDescription): readonly string[] => [
    ...options.map(({ flags }) => flags),
    ...below.flatMap(flagsOf),
  ];
  const named = commands.flatMap(flagsOf).filter((flags) => /key|secret|token|password/.test(flags));
  expect(named.length).toBeGreaterThan(0);
  // The name of a file in which keys are does not tell them.
  expect(
    named.filter((flags) => !/<(id|file|variable|tokens|number|count|hex)(\.\.\.)?>|^--[\w-]+$/.test(flags)),
  ).toEqual([]);
});
