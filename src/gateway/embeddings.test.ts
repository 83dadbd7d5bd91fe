// Embeddings as OpenAI's own client asks for them.
import { expect, test } from 'vitest';
import { servedBy, startGateway, testKey, testModel } from './testing.ts';

const vectors: Readonly<Record<string, readonly number[]>> = { one: [1, -0.5, 0.25], two: [0, 2, 4] };

/** The scripted engine with vectors that a test can name. */
const withVectors = (): ReturnType<typeof startGateway> =>
  startGateway({
    served: (engine) =>
      servedBy({
        ...engine,
        capabilities: { ...engine.capabilities, embeddings: true },
        embed: async (texts) =>
          texts.map((text) => ({ vector: Float32Array.from(vectors[text] ?? []), tokens: 2 })),
      }),
  });

test("OpenAI's client gets the vectors of its texts, in their order", async () => {
  await using server = await withVectors();
  const { data, model, usage } = await server.client.embeddings.create({
    model: testModel,
    input: ['two', 'one'],
  });
  expect(model).toBe(testModel);
  expect(usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
  expect(data.map(({ index, embedding }) => [index, embedding])).toEqual([
    [0, vectors.two],
    [1, vectors.one],
  ]);
});

test.each([
  ['float', [1, -0.5, 0.25]],
  ['base64', Buffer.from(Float32Array.from([1, -0.5, 0.25]).buffer).toString('base64')],
] as const)('one text in the encoding %s', async (encoding_format, embedding) => {
  await using server = await withVectors();
  const response = await fetch(`${server.url}/v1/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, input: 'one', encoding_format }),
  });
  expect(await response.json()).toEqual({
    object: 'list',
    model: testModel,
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
});

test('an engine without vectors says so', async () => {
  await using server = await startGateway({});
  await expect(server.client.embeddings.create({ model: testModel, input: 'one' })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('embeddings'),
  });
});

test.each([
  ['no text', []],
  ['an empty text', ''],
  ['tokens', [1, 2]],
])('%s is refused', async (_, input) => {
  await using server = await withVectors();
  const created = server.client.embeddings.create({ model: testModel, input: input as never });
  await expect(created).rejects.toMatchObject({ status: 400 });
});
