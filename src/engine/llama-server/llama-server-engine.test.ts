import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { digestOf, systemClock } from '../../base/index.ts';
import { engineContract } from '../contract.ts';
import { collect } from '../contract-case.ts';
import type { Engine, EngineEvent, RenderedRequest } from '../engine.ts';
import { createLlamaEngine } from '../llama/llama-engine.ts';
import { writeTestAdapter } from '../llama/test-adapter.ts';
import { testTokenId, writeTestModel } from '../llama/test-model.ts';
import { measureSpeed } from '../speed/measure-speed.ts';
import {
  createLlamaServerEngine,
  type LlamaServerEngine,
  type LlamaServerOptions,
} from './llama-server-engine.ts';
import { llamaServerBuild } from './server-build.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-llama-server-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A program that runs the stand-in, since a binary is one path. */
const fake = join(directory, 'llama-server');
const script = fileURLToPath(new URL('./fake-server.ts', import.meta.url));
writeFileSync(fake, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
chmodSync(fake, 0o755);
const noModel = join(directory, 'model.gguf');
writeFileSync(noModel, 'nobody reads this');

const real = process.env.TIEGEL_LLAMA_SERVER;
const promptOf = (text: string): RenderedRequest['prompt'] => [{ text, special: false }];

function greedy(prompt: RenderedRequest['prompt'], maxTokens: number): RenderedRequest {
  return { prompt, maxTokens, sampling: { temperature: 0, topP: 1 } };
}

async function startFake(changes: object = {}): Promise<LlamaServerEngine> {
  const options = { binary: fake, runtimeBuild: 'fake', model: 'test', modelPath: noModel, compared: [] };
  return await createLlamaServerEngine({ ...options, slots: 2, contextLength: 512, ...changes });
}

function textOf(events: readonly EngineEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.text : '')).join('');
}

engineContract('llama-server, a stand-in', async () => ({
  engine: await startFake(),
  prompt: promptOf('three apples and five'),
  tooLongPrompt: promptOf('x'.repeat(600)),
  idOf: (text) => text.charCodeAt(0) + 1,
}));

describe('llama-server', () => {
  test('its speed is measured like that of any other engine', async () => {
    await using engine = await startFake();
    const { signal } = new AbortController();
    const speed = await measureSpeed(engine, { clock: systemClock, pause, signal, onPart: () => undefined });
    expect(speed.rates).toMatchObject([{ sequences: 1, promptTokensPerSecond: expect.any(Number) }]);
    expect(speed.firstTokenMs).toBeGreaterThan(0);
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
  });

  test('counts tokens whose character is not complete', async () => {
    await using engine = await startFake();
    const events = await collect(engine, greedy(promptOf('12345678'), 18));
    // Two bytes are one character.
    expect(textOf(events)).toBe(' abc dö, abc dö,');
    expect(events.at(-1)).toMatchObject({ completionTokens: 18 });
    expect(events.filter((event) => event.type === 'token' && event.text === '')).toHaveLength(2);
  });

  test('samples as the request says, whatever the file of the model recommends', async () => {
    await using engine = await startFake();
    const texts = [];
    for (const seed of [1, 2, 3]) {
      const sampling = { temperature: 0, topP: 1, seed };
      texts.push(textOf(await collect(engine, { prompt: promptOf('12345678'), maxTokens: 8, sampling })));
    }
    expect(new Set(texts).size).toBe(1);
  });

  test('a server that dies fails what runs, and is started again', async () => {
    await using engine = await startFake({ limits: { restartMs: 10 } });
    const running = collect(engine, greedy(promptOf('long'), 300));
    const deadly = collect(engine, greedy(promptOf('!'), 2));
    await expect(running).rejects.toMatchObject({ code: 'TGL_ENGINE_CRASHED' });
    await expect(deadly).rejects.toMatchObject({
      code: 'TGL_ENGINE_CRASHED',
      details: { reason: expect.stringContaining('exit code 7') },
    });
    await expect.poll(engine.state, { timeout: 10_000 }).toBe('ready');
    expect((await collect(engine, greedy(promptOf('x'), 2))).at(-1)?.type).toBe('end');
  });

  test('a connection that breaks does not cost a server its life, and silence does', async () => {
    const modelPath = join(directory, 'drops.gguf');
    writeFileSync(modelPath, '');
    const limits = { heartbeatMs: 5, stepMs: 2_000, restartMs: 10 };
    const warnings: unknown[] = [];
    const logger = { warn: (details: object) => void warnings.push(details) };
    await using engine = await startFake({ modelPath, limits, logger });
    const served = engine.processId() as number;
    for (let round = 0; round < 10; round++) {
      expect(await collect(engine, greedy(promptOf('x'), 20))).toHaveLength(22);
    }
    expect([engine.processId(), warnings]).toEqual([served, []]);
    process.kill(served, 'SIGSTOP');
    await expect.poll(() => warnings, { timeout: 25_000 }).toHaveLength(1);
    expect(warnings).toMatchObject([{ reason: 'a step of the runtime took longer than 2000 ms' }]);
  });

  test('a server that refuses the model says why', async () => {
    const modelPath = join(directory, 'crash.gguf');
    writeFileSync(modelPath, '');
    await expect(startFake({ modelPath })).rejects.toMatchObject({
      code: 'TGL_ENGINE_START_FAILED',
      details: { reason: expect.stringContaining('the model cannot be loaded') },
    });
  });

  test('a server is not started again from changed files, nor from another program', async () => {
    const program = join(directory, 'own-llama-server');
    copyFileSync(fake, program);
    const runtimeBuild = await llamaServerBuild(program);
    const compared = [{ path: noModel, digest: digestOf('nobody reads this') }];
    const options = {
      binary: program,
      runtimeBuild,
      compared,
      limits: { restartMs: 10, longestRestartMs: 100 },
    };
    await using engine = await startFake(options);
    const answer = async (): Promise<unknown> =>
      collect(engine, greedy(promptOf('x'), 2)).catch((error: unknown) => error);
    expect(await answer()).toHaveLength(4);
    const changes = [
      [noModel, readFileSync(noModel)],
      [program, readFileSync(program)],
    ] as const;
    for (const [path, before] of changes) {
      writeFileSync(path, `${before} `);
      process.kill(engine.processId() as number, 'SIGKILL');
      await expect.poll(answer, { timeout: 25_000 }).toMatchObject({ code: 'TGL_BLOB_CORRUPT' });
      writeFileSync(path, before);
      await expect.poll(engine.state, { timeout: 25_000 }).toBe('ready');
    }
    writeFileSync(noModel, 'somebody wrote this');
    await expect(startFake(options)).rejects.toMatchObject({ code: 'TGL_BLOB_CORRUPT' });
    writeFileSync(noModel, 'nobody reads this');
  });

  test('a server whose files are written to while it loads them does not come to serve', async () => {
    const modelPath = join(directory, 'written.gguf');
    const content = 'write this while it is loaded';
    writeFileSync(modelPath, content);
    const compared = [{ path: modelPath, digest: digestOf(content) }];
    await expect(startFake({ modelPath, compared })).rejects.toMatchObject({
      code: 'TGL_BLOB_CORRUPT',
      details: { received: 'a change while it was read' },
    });
    await using unwatched = await startFake({ modelPath });
    expect(unwatched.state()).toBe('ready');
  });

  test('the build names version and digest of the binary', async () => {
    expect(await llamaServerBuild(fake)).toMatch(/^llama-server 1 \(fake\) \/ sha256 [0-9a-f]{64}$/);
    await expect(llamaServerBuild(join(directory, 'nothing'))).rejects.toMatchObject({
      code: 'TGL_ENGINE_START_FAILED',
    });
  });
});

describe.skipIf(real === undefined)(
  `the binary in TIEGEL_LLAMA_SERVER${real === undefined ? ' (skipped: it is not set)' : ''}`,
  () => {
    // Random bytes would be no text, and the server keeps back what is none.
    const file = writeTestModel({}, undefined, (text) => /^(?!<.)[!-~]+$/.test(text));
    afterAll(() => file[Symbol.dispose]());
    const start = async (changes: Partial<LlamaServerOptions> = {}): Promise<Engine> => {
      const options = {
        binary: real as string,
        runtimeBuild: 'real',
        model: 'test',
        modelPath: file.path,
        compared: [],
      };
      return await createLlamaServerEngine({ ...options, slots: 2, contextLength: 512, ...changes });
    };

    engineContract('llama-server', async () => ({
      engine: await start(),
      prompt: promptOf('three apples and five'),
      tooLongPrompt: promptOf('x '.repeat(600)),
      idOf: testTokenId,
    }));

    test('applies an adapter to the weights, whatever its path holds', async () => {
      const { adapterPath, mergedPath } = writeTestAdapter(file.path);
      const awkward = join(dirname(adapterPath), 'a "b", c.gguf');
      copyFileSync(adapterPath, awkward);
      const text = async (changes: Partial<LlamaServerOptions>): Promise<string> => {
        await using engine = await start(changes);
        return textOf(await collect(engine, greedy(promptOf('three apples'), 40)));
      };
      const adapted = await text({ adapterPaths: [awkward] });
      expect(adapted).toBe(await text({ modelPath: mergedPath }));
      expect(adapted).not.toBe(await text({}));
    });

    // The vocabulary and another number of layers: it agrees now and then.
    const small = writeTestModel({ layers: 1 }, undefined, (text) => /^(?!<.)[!-~]+$/.test(text));
    afterAll(() => small[Symbol.dispose]());

    engineContract('llama-server with a draft model', async () => ({
      engine: await start({ draftPath: small.path }),
      prompt: promptOf('three apples and five'),
      tooLongPrompt: promptOf('x '.repeat(600)),
      idOf: testTokenId,
    }));

    test.each([
      ['itself', file.path],
      ['a smaller one', small.path],
    ])('writes the same with %s drafting, and says that it can', async (_, draftPath) => {
      await using alone = await start();
      await using drafted = await start({ draftPath });
      expect(drafted.capabilities).toMatchObject({ draftModels: true, logProbabilities: 'none' });
      for (const text of ['three apples', 'Äpfel', 'and five '.repeat(20)]) {
        const [one, other] = await Promise.all(
          [alone, drafted].map((engine) => collect(engine, greedy(promptOf(text), 80))),
        );
        expect(textOf(other as EngineEvent[])).toBe(textOf(one as EngineEvent[]));
      }
    });

    test('gives the text of the embedded engine', async () => {
      await using server = await start();
      await using embedded = await createLlamaEngine({
        model: 'test',
        modelPath: file.path,
        compared: [],
        contextLength: 512,
      });
      for (const text of ['three apples', 'Äpfel', 'and five '.repeat(20)]) {
        const [ours, theirs] = await Promise.all(
          [embedded, server].map((engine) => collect(engine, greedy(promptOf(text), 40))),
        );
        expect(textOf(theirs as EngineEvent[])).toBe(textOf(ours as EngineEvent[]));
      }
    });
  },
);
