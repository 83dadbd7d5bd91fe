// Against servers that answer as the two interfaces are described; none of them is a Foundry Local.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createOutbound } from '../../outbound/index.ts';
import { deviceInName, deviceOf } from './device-in-name.ts';
import { askFoundryLocal, type LocalServiceModel } from './foundry-local.ts';

async function asked(pages: Readonly<Record<string, unknown>>): Promise<readonly LocalServiceModel[]> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(typeof page === 'string' ? page : JSON.stringify(page ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using outbound = createOutbound({ allowedOrigins: [origin] });
  try {
    return await askFoundryLocal({ origin, outbound });
  } finally {
    server.close();
  }
}

const listed = [
  {
    name: 'deepseek-r1-distill-qwen-7b-qnn-npu:1',
    alias: 'deepseek-r1-7b',
    fileSizeMb: 3776,
    runtime: { deviceType: 'NPU', executionProvider: 'QNNExecutionProvider' },
  },
  {
    name: 'phi-4-mini-generic-cpu:5',
    fileSizeMb: null,
    runtime: { deviceType: 'CPU', executionProvider: 'CPUExecutionProvider' },
  },
];
const status = { Endpoints: ['http://localhost:5272'], ModelDirPath: '/models', PipeName: 'agent' };
const downloaded = ['phi-4-mini-generic-cpu:5'];

test.each([
  ['a list', listed],
  ['a list in a member', { models: listed }],
])('the documented interface names devices and providers: %s', async (_, list) => {
  const pages = { '/openai/status': status, '/foundry/list': list, '/openai/models': downloaded };
  expect(await asked(pages)).toEqual([
    { id: listed[0]?.name, device: 'NPU', provider: 'QNN', bytes: 3776 * 2 ** 20, downloaded: false },
    { id: listed[1]?.name, device: 'CPU', provider: 'CPU', bytes: null, downloaded: true },
  ]);
});

test('a newer service names them in the names of what was downloaded', async () => {
  const data = [{ id: 'qwen3-0.6b-openvino-npu' }, { id: 'qwen3-0.6b-generic-cpu' }, { id: 'my-own' }];
  expect(await asked({ '/v1/models': { object: 'list', data } })).toEqual([
    { id: data[0]?.id, device: 'NPU', provider: 'OPENVINO', bytes: null, downloaded: true },
    { id: data[1]?.id, device: 'CPU', provider: 'GENERIC', bytes: null, downloaded: true },
    { id: data[2]?.id, device: null, provider: null, bytes: null, downloaded: true },
  ]);
});

test.each([
  ['nothing', {}],
  ['something else', { '/openai/status': '<html>', '/v1/models': [] }],
])('%s is no Foundry Local', async (_, pages) => {
  await expect(asked(pages)).rejects.toMatchObject({ code: 'TGL_UPSTREAM_UNUSABLE' });
});

test('a name tells the device with or without a version', () => {
  expect(deviceInName('Phi-4-mini-reasoning-VITIS-npu:12')).toEqual({ device: 'NPU', provider: 'VITIS' });
  expect(deviceInName('phi-4-generic-gpu')).toEqual({ device: 'GPU', provider: 'GENERIC' });
  expect(deviceInName('npu')).toEqual({ device: null, provider: null });
  expect(deviceInName('qwen-qnn-npu-draft')).toEqual({ device: null, provider: null });
  expect(deviceInName('qwen-qnn-npu:1a')).toEqual({ device: null, provider: null });
  expect(deviceOf('npu')).toBe('NPU');
  expect(deviceOf('TPU')).toBeNull();
});

test('a signal ends the wait, and its reason is told', async () => {
  const stop = new AbortController();
  const server = createServer(() => stop.abort(new Error('gone'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using outbound = createOutbound({ allowedOrigins: [origin] });
  await expect(askFoundryLocal({ origin, outbound, signal: stop.signal })).rejects.toThrow('gone');
  server.closeAllConnections();
  server.close();
});

test('a list whose models lack what was documented is none', async () => {
  const pages = {
    '/openai/status': status,
    '/foundry/list': [{ name: 'a', runtime: {} }],
    '/openai/models': [],
  };
  expect(await asked(pages)).toEqual([]);
});

test('a provider is called without its last word, and only without that', async () => {
  const of = (executionProvider: string) => [
    { name: 'm', runtime: { deviceType: 'NPU', executionProvider } },
  ];
  for (const [given, told] of [
    ['QNNExecutionProvider', 'QNN'],
    ['ExecutionProviderX', 'ExecutionProviderX'],
    ['', ''],
  ] as const) {
    const pages = { '/openai/status': status, '/foundry/list': of(given), '/openai/models': '<html>' };
    expect(await asked(pages)).toMatchObject([{ id: 'm', provider: told, bytes: null, downloaded: false }]);
  }
});
