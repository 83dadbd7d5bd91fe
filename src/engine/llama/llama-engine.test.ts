import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Gguf,
  openGguf,
  type PromptPiece,
  tensorStretches,
  tiegelTemplate,
} from '../../formats/index.ts';
import { engineContract } from '../contract.ts';
import { collect, drain, skipToToken } from '../contract-case.ts';
import type { Embedding, Engine, EngineEvent, RenderedRequest } from '../engine.ts';
import { smokeTest } from '../smoke-test.ts';
import { createLlamaEngine, type LlamaEngine, type LlamaEngineOptions } from './llama-engine.ts';
import { evaluateLogits } from './llama-runtime.ts';
import { patience, testTokenId, testTokenizer, writeTestModel } from './test-model.ts';

const file = writeTestModel();
afterAll(() => file[Symbol.dispose]());

const prompt = tiegelTemplate.render([{ role: 'user', content: 'three apples and five' }], {
  thinking: 'open',
});
const request: RenderedRequest = { prompt, maxTokens: 200, sampling: { temperature: 0, topP: 1 } };

async function open(options: Partial<LlamaEngineOptions> = {}): Promise<LlamaEngine> {
  return await createLlamaEngine({ model: 'test', modelPath: file.path, compared: [], slots: 2, ...options });
}

engineContract('llama', async () => ({
  engine: await open(),
  prompt,
  tooLongPrompt: [{ text: 'x'.repeat(600), special: false }],
  idOf: testTokenId,
}));

engineContract('llama with its own text as draft', async () => ({
  engine: await open({ lookup: true }),
  prompt,
  tooLongPrompt: [{ text: 'x'.repeat(600), special: false }],
  idOf: testTokenId,
}));

engineContract('llama with a draft', async () => ({
  engine: await open({ draftPath: file.path }),
  prompt,
  tooLongPrompt: [{ text: 'x'.repeat(600), special: false }],
  idOf: testTokenId,
}));

async function tokensOf(
  engine: Engine,
  changes: Partial<RenderedRequest> = {},
): Promise<readonly Extract<EngineEvent, { type: 'token' }>[]> {
  const events = await collect(engine, { ...request, ...changes });
  return events.filter((event) => event.type === 'token');
}

describe('llama engine', { timeout: patience }, () => {
  let engine: LlamaEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(async () => await engine[Symbol.asyncDispose]());

  test('names its runtime and what it can do', async () => {
    expect(engine.runtimeBuild).toMatch(/^koffi 3\.3\.4 \/ llama\.cpp v0\.5\.0 \/ gpu \w+$/);
    expect(engine.capabilities).toMatchObject({ tokenIds: true, seed: true, slots: 2, contextLength: 512 });
  });

  test('reads the prompt as our tokenizer does, control tokens in template text only', async () => {
    const typed: readonly PromptPiece[] = [
      { text: '<|user|>', special: true },
      { text: 'what is </think> and Äpfel?', special: false },
      { text: '<|assistant|><think>\n', special: true },
    ];
    const [first] = await collect(engine, { ...request, prompt: typed, maxTokens: 1 });
    expect(first).toMatchObject({ type: 'prompt', promptTokens: testTokenizer.encode(typed).length });
  });

  test('writes control tokens out, and the texts of all tokens are the text of all ids', async () => {
    const tokens = await tokensOf(engine, { sampling: { temperature: 3, topP: 1, seed: 5 } });
    const ids = tokens.map(({ id }) => id as number);
    const text = tokens.map((token) => token.text).join('');
    expect(ids.some((id) => testTokenizer.vocabulary[id]?.kind === 'control')).toBe(true);
    expect(text.replaceAll('\uFFFD', '')).toBe(testTokenizer.decode(ids).replaceAll('\uFFFD', ''));
  });

  test('says which markers its vocabulary has, marks their tokens and gives other control tokens no text', async () => {
    const markers = ['<think>', '</think>', '<tool_call>'];
    const forced = { text: '\n</think>\n', afterTokens: 100, unless: '</think>' };
    const asked = { sampling: { temperature: 3, topP: 1, seed: 5 }, forced };
    const [first, ...others] = await collect(engine, { ...request, ...asked, markers });
    expect(first).toMatchObject({ type: 'prompt', markerTokens: ['<think>', '</think>'] });
    const tokens = others.filter((event) => event.type === 'token');
    for (const { id, text, marker } of tokens) {
      const { kind, text: named } = testTokenizer.vocabulary[id as number]!;
      expect(marker).toBe(markers.includes(named) ? true : undefined);
      if (kind === 'control') expect(text.replaceAll('\uFFFD', '')).toBe(marker ? named : '');
    }
    expect(tokens.some(({ marker }) => marker)).toBe(true);
    // Nobody who names no markers is told of any.
    const plain = await tokensOf(engine, asked);
    expect(plain.map(({ id }) => id)).toEqual(tokens.map(({ id }) => id));
    expect(plain.some(({ marker }) => marker)).toBe(false);
  });

  test('embeds a text as the state that its logits are made of', async () => {
    // Longer than one chunk. The embedding is tied: a logit is a token's row times the state.
    const text = 'three apples and five '.repeat(8);
    const ids = testTokenizer.encode([{ text, special: false }]);
    const [{ vector: state, tokens }] = (await engine.embed!([text])) as [Embedding];
    expect(tokens).toBe(ids.length);
    const [logits] = await evaluateLogits(file.path, [ids]);
    using gguf = openGguf(file.path);
    const tensor = gguf.tensors.find(({ name }) => name === 'token_embd.weight') as Gguf['tensors'][number];
    const rows = [...tensorStretches(gguf, tensor)].flatMap((stretch) => [...stretch]);
    for (const id of [40, 100, 250]) {
      const row = rows.slice(id * state.length, (id + 1) * state.length);
      const logit = row.reduce((sum, value, index) => sum + value * (state[index] as number), 0);
      // The engine keeps keys and values in 16 bits.
      expect(logit).toBeCloseTo(logits?.[id] as number, 1);
    }
  });

  test('different seeds give different tokens, and one position does not decide the next', async () => {
    const draw = async (seed: number): Promise<readonly (number | undefined)[]> =>
      (await tokensOf(engine, { sampling: { temperature: 5, topP: 1, seed } })).map(({ id }) => id);
    const first = await draw(1);
    expect(await draw(2)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(60);
  });

  test('a generation gives the same tokens alone and beside another', async () => {
    const alone = await tokensOf(engine);
    const longer = tiegelTemplate.render([{ role: 'user', content: 'x'.repeat(250) }], { thinking: 'open' });
    const [beside] = await Promise.all([tokensOf(engine), tokensOf(engine, { prompt: longer })]);
    expect(beside.map(({ id }) => id)).toEqual(alone.map(({ id }) => id));
  });

  test('a request that the child cannot read fails alone', async () => {
    const beside = tokensOf(engine);
    const unreadable = tokensOf(engine, { sampling: { temperature: 0, topP: 1, logitBias: [[-1, 1]] } });
    await expect(unreadable).rejects.toMatchObject({ code: 'TGL_ENGINE_CRASHED' });
    expect(await beside).toHaveLength(200);
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
  });

  test('stops when the context is full and says that it was the length', async () => {
    await using short = await open({ contextLength: 64 });
    const events = await collect(short, request);
    const promptTokens = testTokenizer.encode(prompt).length;
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'length', completionTokens: 64 - promptTokens });
  });

  test('a file that is no model fails the start with the reason of the runtime', async () => {
    await expect(open({ modelPath: import.meta.filename })).rejects.toMatchObject({
      code: 'TGL_ENGINE_START_FAILED',
    });
  });
});

describe('log-probabilities', { timeout: patience }, () => {
  test("are the model's own, whatever the sampling", async () => {
    await using engine = await open();
    const text = [{ text: 'three apples and', special: false }];
    const [logits] = (await evaluateLogits(file.path, [testTokenizer.encode(text)])) as [Float32Array];
    const largest = Math.max(...logits);
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    const [token] = await tokensOf(engine, {
      prompt: text,
      maxTokens: 1,
      sampling: { temperature: 2, topP: 0.9, seed: 3 },
      logProbabilities: 3,
    });
    const expected = (logits[token?.id as number] as number) - largest - total;
    expect(token?.logProbability).toBeCloseTo(expected, 1);
    expect(token?.alternatives).toHaveLength(3);
    expect(token?.alternatives?.[0]?.logProbability).toBeCloseTo(-total, 1);
  });
});

describe('reuse within a cache scope', { timeout: patience }, () => {
  const long = [{ text: 'three apples and five '.repeat(12), special: false }];
  const longer = [...long, { text: ' what then', special: false }];
  const ids = async (engine: Engine, changes: Partial<RenderedRequest>): Promise<readonly unknown[]> =>
    (await tokensOf(engine, { maxTokens: 40, ...changes })).map(({ id }) => id);
  const reusedBy = async (engine: Engine, changes: Partial<RenderedRequest>): Promise<number | undefined> => {
    const [first] = await collect(engine, { ...request, ...changes });
    return first?.type === 'prompt' ? first.reusedTokens : undefined;
  };

  test('gives the tokens that a fresh sequence gives, also after a longer and a different prompt', async () => {
    await using engine = await open();
    const fresh = await ids(engine, { prompt: longer });
    await ids(engine, { prompt: long, cacheScope: 'a' });
    expect(await ids(engine, { prompt: longer, cacheScope: 'a' })).toEqual(fresh);
    expect(await ids(engine, { prompt: longer, cacheScope: 'a' })).toEqual(fresh);
    await ids(engine, { prompt: [{ text: 'three pears', special: false }], cacheScope: 'a' });
    expect(await ids(engine, { prompt: longer, cacheScope: 'a' })).toEqual(fresh);
  });

  test('copies from a sequence that is still at work', async () => {
    await using engine = await open();
    const fresh = await ids(engine, { prompt: longer });
    const working = engine.generate({ ...request, prompt: long, cacheScope: 'a' })[Symbol.asyncIterator]();
    await skipToToken(working);
    const tokens = testTokenizer.encode(long).length;
    expect(await reusedBy(engine, { prompt: longer, cacheScope: 'a' })).toBeGreaterThanOrEqual(tokens - 2);
    expect(await ids(engine, { prompt: longer, cacheScope: 'a' })).toEqual(fresh);
    await working.return?.();
  });

  test('another cache scope waits as long for its first token as if nothing had been computed', async () => {
    const shape = {
      width: 256,
      layers: 6,
      heads: 4,
      keyValueHeads: 4,
      feedForward: 768,
      contextLength: 4096,
    };
    using large = writeTestModel(shape);
    await using engine = await open({ modelPath: large.path });
    const prompt = [{ text: 'x'.repeat(2000), special: false }];
    const firstToken = async (cacheScope: string): Promise<number> => {
      const started = performance.now();
      await tokensOf(engine, { prompt, cacheScope, maxTokens: 1 });
      return performance.now() - started;
    };
    const cold = await firstToken('a');
    const warm = Math.min(await firstToken('a'), await firstToken('a'));
    const other = await firstToken('b');
    expect(warm).toBeLessThan(cold / 4);
    expect(other).toBeGreaterThan(warm * 4);
  });
});

describe('the child process', { timeout: patience }, () => {
  test('when it is killed, its requests fail as retryable, the next ones wait for the restart', async () => {
    const warnings: string[] = [];
    await using engine = await open({
      limits: { restartMs: 50 },
      logger: { warn: (_, message) => warnings.push(message) },
    });
    const generation = engine.generate(request)[Symbol.asyncIterator]();
    await skipToToken(generation);
    process.kill(engine.processId() as number, 'SIGKILL');
    await expect(drain(generation)).rejects.toMatchObject({ code: 'TGL_ENGINE_CRASHED', retryable: true });
    expect(engine.state()).toBe('restarting');
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
    const tooEarly = drain(engine.generate(request)[Symbol.asyncIterator]());
    await expect(tooEarly).rejects.toMatchObject({
      code: 'TGL_ENGINE_UNAVAILABLE',
      details: { retryAfterMs: expect.any(Number) },
    });
    await expect.poll(engine.state, { timeout: patience }).toBe('ready');
    expect(await tokensOf(engine)).toHaveLength(200);
    expect(warnings).toContain('the engine stopped and will be restarted');
  });

  test('has nothing of our environment but what it needs', async () => {
    process.env.TIEGEL_KEY = 'canary-key';
    process.env.HF_TOKEN = 'canary-token';
    process.env.NODE_OPTIONS = '';
    try {
      await using engine = await open();
      const environment = readFileSync(`/proc/${engine.processId()}/environ`, 'utf8');
      const names = environment.split('\0').map((entry) => entry.split('=')[0]);
      expect(names).toContain('PATH');
      expect(environment).not.toContain('canary');
      const allowed =
        /^(PATH|LD_LIBRARY_PATH|GLIBC_TUNABLES|CUDA_\w+|GGML_VK_\w+|VK_\w+|TMPDIR|TEMP|TMP|NODE_CHANNEL_\w+|)$/;
      expect(names.filter((name) => !allowed.test(name ?? ''))).toEqual([]);
    } finally {
      delete process.env.TIEGEL_KEY;
      delete process.env.HF_TOKEN;
      delete process.env.NODE_OPTIONS;
    }
  });

  test('is gone when the engine is closed, also in the middle of a generation', async () => {
    const engine = await open();
    const generation = engine.generate(request)[Symbol.asyncIterator]();
    await skipToToken(generation);
    const processId = engine.processId() as number;
    await engine[Symbol.asyncDispose]();
    expect(() => process.kill(processId, 0)).toThrow('ESRCH');
    await expect(drain(generation)).rejects.toMatchObject({ code: 'TGL_ENGINE_CLOSED' });
  });

  test('is replaced when it gives no sign of life', async () => {
    await using engine = await open({ limits: { heartbeatMs: 50, silenceMs: 500, restartMs: 20 } });
    const silenced = engine.processId() as number;
    process.kill(silenced, 'SIGSTOP');
    await expect
      .poll(() => engine.processId() !== silenced && engine.state() === 'ready', { timeout: patience })
      .toBe(true);
  });
});

describe('limits of the child', { timeout: patience }, () => {
  const shape = { width: 256, layers: 2, feedForward: 8192, contextLength: 4096 };
  const long = [{ text: 'x'.repeat(4000), special: false }];

  test('a step of the runtime that takes too long ends it, though it still answers', async () => {
    using slow = writeTestModel(shape);
    await using engine = await open({ modelPath: slow.path, limits: { heartbeatMs: 1, stepMs: 0 } });
    await expect(tokensOf(engine, { prompt: long })).rejects.toMatchObject({
      code: 'TGL_ENGINE_CRASHED',
      details: { reason: 'a step of the runtime took longer than 0 ms' },
    });
  });

  test('tells by how much its memory has grown', async () => {
    await using engine = await open();
    expect(await engine.grownBytes()).toBeGreaterThan(0);
  });

  test('taking more memory than allowed ends it', async () => {
    const limits = { heartbeatMs: 20, residentBytes: 10e6 };
    await expect(open({ limits })).rejects.toMatchObject({
      code: 'TGL_ENGINE_START_FAILED',
      details: { reason: expect.stringMatching(/^it took \d+ bytes of memory, more than 10000000$/) },
    });
  });
});

describe('a trial', { timeout: patience }, () => {
  const startOn = (modelPath: string) => () =>
    createLlamaEngine({ model: 'test', modelPath, compared: [], slots: 1 });

  test('passes for a sound file', async () => {
    expect(await smokeTest(startOn(file.path))).toEqual({ passed: true });
  });

  test('fails for weights that are no numbers', async () => {
    using broken = writeTestModel({}, (name) => (name === 'blk.1.ffn_up.weight' ? 0.7654321 : undefined));
    const bytes = readFileSync(broken.path);
    const number = Buffer.alloc(4);
    number.writeFloatLE(0.7654321);
    for (let at = bytes.indexOf(number); at >= 0; at = bytes.indexOf(number, at + 4))
      bytes.writeFloatLE(Number.NaN, at);
    writeFileSync(broken.path, bytes);
    expect(await smokeTest(startOn(broken.path))).toEqual({
      passed: false,
      reason: 'the model computes values that are not finite',
    });
  });

  test('fails for what is no model', async () => {
    expect(await smokeTest(startOn(import.meta.filename))).toMatchObject({
      passed: false,
    });
  });
});

test('while restarts fail, the pauses between them grow', { timeout: patience }, async () => {
  const model = writeTestModel();
  const pauses: unknown[] = [];
  await using engine = await open({
    modelPath: model.path,
    limits: { restartMs: 10 },
    logger: { warn: ({ retryAfterMs }) => retryAfterMs !== undefined && pauses.push(retryAfterMs) },
  });
  model[Symbol.dispose]();
  process.kill(engine.processId() as number, 'SIGKILL');
  await expect.poll(() => pauses.length, { timeout: patience }).toBe(3);
  expect(pauses).toEqual([10, 20, 40]);
  expect(engine.state()).toBe('restarting');
});

test('the child ends when the process that started it is killed', { timeout: patience }, async () => {
  const script = `
    const { createLlamaEngine } = await import(${JSON.stringify(new URL('./llama-engine.ts', import.meta.url))});
    const engine = await createLlamaEngine({ model: 'test', modelPath: ${JSON.stringify(file.path)}, compared: [] });
    console.log(engine.processId());
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(line.toString());
  expect(() => process.kill(child, 0)).not.toThrow();
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(child), { timeout: patience }).toBe(false);
});

function isAlive(processId: number): boolean {
  try {
    // A killed process that nobody has waited for is still listed, as a zombie.
    return !readFileSync(`/proc/${processId}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('an abort while a long prompt is being read frees the slot within 250 ms', {
  timeout: patience,
}, async () => {
  // About 5 million parameters: reading this prompt takes more than a second.
  const shape = { width: 256, layers: 6, heads: 4, keyValueHeads: 4, feedForward: 768, contextLength: 4096 };
  using large = writeTestModel(shape);
  await using engine = await open({ modelPath: large.path });
  const long = [{ text: 'x'.repeat(4000), special: false }];
  const latencies: number[] = [];
  for (let trial = 0; trial < 3; trial++) {
    const stop = new AbortController();
    const generation = engine.generate({ ...request, prompt: long }, stop.signal)[Symbol.asyncIterator]();
    await generation.next();
    const rest = drain(generation);
    setTimeout(() => stop.abort(new Error('client left')), 100);
    await expect(rest).rejects.toThrow('client left');
    expect(engine.load().active).toBe(1);
    const aborted = performance.now();
    await expect.poll(() => engine.load().active, { timeout: 5_000, interval: 1 }).toBe(0);
    latencies.push(performance.now() - aborted);
  }
  // The best of three, since the machine that runs this may be busy with something else.
  expect(Math.min(...latencies)).toBeLessThan(250);
});
