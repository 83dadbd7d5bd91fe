// A running server loads its files again: after a crash, after an idle time, when another model needed the place. Each
// time the bytes have to be those that were admitted.
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, digestOfFile, systemClock } from '../../base/index.ts';
import type { LoadedFile } from '../../catalog/index.ts';
import { openGguf, shardNameOf, tensorStretches, writeGguf } from '../../formats/index.ts';
import { collect } from '../contract-case.ts';
import type { Engine, GenerateRequest } from '../engine.ts';
import { createEnginePool } from '../engine-pool.ts';
import { createPooledEngine } from '../pooled-engine.ts';
import {
  createLlamaEngine,
  type LlamaEngine,
  type LlamaEngineOptions,
  llamaCapabilities,
} from './llama-engine.ts';
import { writeTestAdapter } from './test-adapter.ts';
import { patience, type TestModel, writeTestModel } from './test-model.ts';

let model: TestModel;
beforeEach(() => {
  model = writeTestModel();
});
afterEach(() => model[Symbol.dispose]());

const request: GenerateRequest = {
  prompt: [{ text: 'three apples and', special: false }],
  maxTokens: 40,
  sampling: { temperature: 0, topP: 1 },
};
const corrupt = expect.objectContaining({ code: 'TGL_BLOB_CORRUPT' });

const loadedFile = async (path: string): Promise<LoadedFile> => ({ path, digest: await digestOfFile(path) });

async function open(options: Partial<LlamaEngineOptions> = {}): Promise<LlamaEngine> {
  const compared = [await loadedFile(model.path)];
  const limits = { restartMs: 10 };
  return await createLlamaEngine({
    model: 'test',
    modelPath: model.path,
    compared,
    slots: 1,
    limits,
    ...options,
  });
}

async function answer(engine: Engine): Promise<string> {
  const events = await collect(engine, request);
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('');
}

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
}

const changes: readonly [string, (path: string) => void][] = [
  ['has one bit flipped', flipLastByte],
  ['is truncated', (path) => truncateSync(path, 1000)],
  ['is longer', (path) => appendFileSync(path, 'x')],
  [
    'is exchanged for another model',
    (path) => {
      using other = writeTestModel({ layers: 1 });
      renameSync(other.path, path);
    },
  ],
];

test.each(changes)(
  'an engine is not started from a file that %s',
  { timeout: patience },
  async (_, change) => {
    const compared = [await loadedFile(model.path)];
    change(model.path);
    await expect(open({ compared })).rejects.toEqual(corrupt);
  },
);

test.each(changes)(
  'an engine is not restarted from a file that %s, and is once that is undone',
  async (_, change) => {
    await using engine = await open();
    const before = await answer(engine);
    const bytes = readFileSync(model.path);
    change(model.path);
    process.kill(engine.processId() as number, 'SIGKILL');
    await expect
      .poll(() => answer(engine).catch((error: unknown) => error), { timeout: patience, interval: 20 })
      .toEqual(corrupt);
    expect(engine.state()).toBe('restarting');
    writeFileSync(model.path, bytes);
    await expect.poll(engine.state, { timeout: patience }).toBe('ready');
    expect(await answer(engine)).toBe(before);
  },
);

test('what was loaded stays as it was, whatever is written to the file', { timeout: patience }, async () => {
  await using engine = await open();
  const before = await answer(engine);
  writeFileSync(model.path, Buffer.alloc(readFileSync(model.path).length, 7));
  expect(await answer(engine)).toBe(before);
  truncateSync(model.path, 0);
  expect(await answer(engine)).toBe(before);
});

test('an engine that a pool has closed is not started again from changed files', {
  timeout: patience,
}, async () => {
  const compared = [await loadedFile(model.path)];
  await using pool = createEnginePool<string>({
    key: (name) => name,
    start: () => open({ compared }),
    bytes: () => 1,
    idleMs: 1,
    clock: systemClock,
  });
  const capabilities = llamaCapabilities({ slots: 1, contextLength: 512 });
  await using engine = createPooledEngine({
    pool,
    model: 'test',
    name: 'test',
    runtimeBuild: 'test',
    capabilities,
  });
  const before = await answer(engine);
  await expect.poll(() => pool.loaded().length, { timeout: patience }).toBe(0);
  const bytes = readFileSync(model.path);
  flipLastByte(model.path);
  await expect(answer(engine)).rejects.toEqual(corrupt);
  await expect(answer(engine)).rejects.toEqual(corrupt);
  writeFileSync(model.path, bytes);
  expect(await answer(engine)).toBe(before);
});

test('adapters are compared as well', { timeout: patience }, async () => {
  const { adapterPath } = writeTestAdapter(model.path);
  const compared = [await loadedFile(model.path), await loadedFile(adapterPath)];
  await using plain = await open();
  await using adapted = await open({ adapterPaths: [adapterPath], compared });
  expect(await answer(adapted)).not.toBe(await answer(plain));
  flipLastByte(adapterPath);
  await expect(open({ adapterPaths: [adapterPath], compared })).rejects.toEqual(corrupt);
});

test('so is every shard, and shards are loaded as the one file they were', {
  timeout: patience,
}, async () => {
  using whole = openGguf(model.path);
  const integer = (value: number) => ({ type: 'uint16', value }) as const;
  const half = Math.ceil(whole.tensors.length / 2);
  const compared = [0, 1].map((index): LoadedFile => {
    const path = join(dirname(model.path), shardNameOf('model', index + 1, 2));
    const tensors = whole.tensors.slice(index * half, (index + 1) * half).map((tensor) => {
      const data = Float32Array.from([...tensorStretches(whole, tensor)].flatMap((stretch) => [...stretch]));
      return { name: tensor.name, shape: tensor.shape, type: 'F32', data } as const;
    });
    const split = {
      'split.no': integer(index),
      'split.count': integer(2),
      'split.tensors.count': { type: 'int32', value: whole.tensors.length } as const,
    };
    const metadata = new Map([...(index === 0 ? whole.metadata : []), ...Object.entries(split)]);
    writeGguf(path, { metadata, tensors });
    return { path, digest: digestOf(readFileSync(path)) };
  });
  const [first, second] = compared as [LoadedFile, LoadedFile];
  await using one = await open();
  await using sharded = await open({ modelPath: first.path, compared });
  expect(await answer(sharded)).toBe(await answer(one));
  flipLastByte(second.path);
  await expect(open({ modelPath: first.path, compared })).rejects.toEqual(corrupt);
});
