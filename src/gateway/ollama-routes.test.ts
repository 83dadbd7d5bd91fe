// Ollama's routes about models, through its own client: what is served, what is loaded, vectors, and fetching a model.
import { Ollama } from 'ollama';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import type { AdmittedVariant } from '../catalog/index.ts';
import type { FetchModel } from './routes/ollama-pull.ts';
import {
  pretendAdmitted,
  type RunningGateway,
  servedBy,
  startGateway,
  testKey,
  testModel,
} from './testing.ts';

const clientOf = (server: RunningGateway): Ollama =>
  new Ollama({ host: server.url, headers: { authorization: `Bearer ${testKey}` } });

const manifest = {
  architecture: 'qwen2',
  configuration: { block_count: 2, context_length: 32_768 },
  quantisation: 'Q8_0',
  license: 'apache-2.0',
  weights: { digest: 'ab'.repeat(32), bytes: 34_000_000 },
  adapters: [{ digest: 'cd'.repeat(32), bytes: 1000 }],
};
const admitted = {
  ...pretendAdmitted(),
  name: testModel,
  variant: { manifest },
} as unknown as AdmittedVariant;

const served = (engine: Parameters<typeof servedBy>[0]): ReturnType<typeof servedBy> => ({
  ...servedBy(engine, admitted),
  loadedUntil: () => Date.parse('2030-01-01T00:00:00Z'),
});

const details = {
  parent_model: '',
  format: 'gguf',
  family: 'qwen2',
  families: ['qwen2'],
  parameter_size: '32.0M',
  quantization_level: 'Q8_0',
};

describe('what is served', () => {
  test('is listed with size, digest and details', async () => {
    await using server = await startGateway({ served });
    const { models } = await clientOf(server).list();
    expect(models).toEqual([
      {
        name: testModel,
        model: testModel,
        modified_at: '2023-11-14T22:13:20.000Z',
        size: 34_001_000,
        digest: manifest.weights.digest,
        details,
      },
    ]);
  });

  test('is shown with what a client decides by', async () => {
    await using server = await startGateway({ served, contextLength: 2048 });
    const shown = await clientOf(server).show({ model: testModel });
    expect(shown).toMatchObject({
      details,
      license: 'apache-2.0',
      parameters: 'temperature 0.6\ntop_p 0.95',
      modelfile: `FROM ${testModel}\nPARAMETER temperature 0.6\nPARAMETER top_p 0.95\n`,
      capabilities: ['completion', 'thinking'],
      model_info: {
        'general.architecture': 'qwen2',
        'general.basename': testModel,
        'qwen2.block_count': 2,
        'qwen2.context_length': 2048,
      },
    });
    const older = await fetch(`${server.url}/api/show`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `${testModel}:latest` }),
    });
    expect(older.status).toBe(200);
    await expect(clientOf(server).show({ model: 'other' })).rejects.toMatchObject({ status_code: 404 });
  });

  test('is listed as loaded while its engine is in memory, and only then', async () => {
    await using server = await startGateway({ served });
    expect((await clientOf(server).ps()).models).toMatchObject([
      { name: testModel, size: 34_001_000, expires_at: '2030-01-01T00:00:00.000Z', context_length: 4096 },
    ]);
    await using elsewhere = await startGateway({});
    expect((await clientOf(elsewhere).ps()).models).toEqual([]);
  });

  test('has a version that clients of Ollama accept', async () => {
    await using server = await startGateway({});
    expect((await clientOf(server).version()).version).toMatch(/^0\.(\d+)\.\d+$/);
  });
});

describe('vectors', () => {
  const embedding = (engine: Parameters<typeof servedBy>[0]): ReturnType<typeof servedBy> =>
    servedBy({
      ...engine,
      embed: async (texts) =>
        texts.map((text) => ({ vector: Float32Array.from([text.length, 0, 4]), tokens: 2 })),
    });

  test('have the length 1, one a text', async () => {
    await using server = await startGateway({ served: embedding });
    const one = await clientOf(server).embed({ model: testModel, input: 'abc', truncate: false });
    expect(one.embeddings[0]?.map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0, 0.8]);
    const two = await clientOf(server).embed({
      model: testModel,
      input: ['abc', ''.padEnd(4)],
      keep_alive: '1m',
    });
    expect(two.embeddings).toHaveLength(2);
    expect(two.prompt_eval_count).toBe(4);
    expect(two.total_duration).toBeGreaterThanOrEqual(0);
  });

  test('of the older route are as the engine gives them', async () => {
    await using server = await startGateway({ served: embedding });
    expect(await clientOf(server).embeddings({ model: testModel, prompt: 'abc' })).toEqual({
      embedding: [3, 0, 4],
    });
  });

  test("are refused where the engine gives none, and for dimensions of one's own", async () => {
    await using plain = await startGateway({});
    await expect(clientOf(plain).embed({ model: testModel, input: 'a' })).rejects.toThrow(/embeddings/);
    await using server = await startGateway({ served: embedding });
    await expect(clientOf(server).embed({ model: testModel, input: 'a', dimensions: 2 })).rejects.toThrow(
      /dimensions/,
    );
    await expect(clientOf(server).embed({ model: testModel, input: [] })).rejects.toThrow(/input/);
  });
});

describe('fetching a model', () => {
  const fetching: FetchModel = async (reference, { onProgress }) => {
    for (const done of [0, 50, 100]) onProgress({ done, total: 100 });
    return { name: `${reference}-q8`, digest: 'ef'.repeat(32) };
  };

  test('tells its progress and that the model is in quarantine', async () => {
    await using server = await startGateway({}, { fetchModel: fetching });
    const lines = await Array.fromAsync(await clientOf(server).pull({ model: 'small:latest', stream: true }));
    expect(lines.map(({ status }) => status)).toEqual([
      'pulling manifest',
      'pulling small',
      'verifying sha256 digest',
      'quarantined: small-q8 is served once `tiegel assess small-q8` has admitted it',
      'success',
    ]);
    expect(lines[1]).toMatchObject({ total: 100, completed: 0 });
    expect(await clientOf(server).pull({ model: 'small' })).toEqual({ status: 'success' });
  });

  test('fails with a status where nothing was sent, and with an error line after that', async () => {
    const unknown = new TiegelError('TGL_MODEL_UNKNOWN', { received: 'x', known: [] });
    await using server = await startGateway(
      {},
      {
        fetchModel: async (reference, { onProgress }) => {
          if (reference === 'late') onProgress({ done: 1, total: 2 });
          throw unknown;
        },
      },
    );
    await expect(clientOf(server).pull({ model: 'x' })).rejects.toMatchObject({ status_code: 404 });
    const late = await clientOf(server).pull({ model: 'late', stream: true });
    await expect(Array.fromAsync(late)).rejects.toThrow(/x/);
  });

  test('ends when the client goes', async () => {
    let aborted = (): void => {};
    const gone = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    await using server = await startGateway(
      {},
      {
        fetchModel: (_, { signal, onProgress }) =>
          new Promise((__, reject) => {
            onProgress({ done: 1, total: 2 });
            signal.addEventListener('abort', () => {
              aborted();
              reject(signal.reason);
            });
          }),
      },
    );
    const client = clientOf(server);
    const lines = await client.pull({ model: 'x', stream: true });
    const reading = Array.fromAsync(lines, () => client.abort());
    await expect(reading).rejects.toThrow(/abort/i);
    await gone;
  }, 10_000);

  test('is not for whoever has no key, and not there where nobody can fetch', async () => {
    await using server = await startGateway({}, { fetchModel: fetching });
    const stranger = new Ollama({ host: server.url });
    await expect(stranger.pull({ model: 'x' })).rejects.toMatchObject({ status_code: 401 });
    await using without = await startGateway({});
    await expect(clientOf(without).pull({ model: 'x' })).rejects.toMatchObject({ status_code: 404 });
  });
});
