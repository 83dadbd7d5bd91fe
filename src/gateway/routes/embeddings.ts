// POST /v1/embeddings, OpenAI's, for the models whose engine gives vectors. Texts are read in batches that take a place in
// the engine each, and vectors are written one after another, so that a long list keeps nobody waiting. The answer has no
// `usage`: the engine does not say how many tokens a text had.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TiegelError } from '../../base/index.ts';
import { parseEmbeddingsRequest } from '../../wire/index.ts';
import type { GatewayContext } from '../context.ts';
import { drained } from '../http/chunk-writer.ts';
import { requireValue } from '../http/require-value.ts';
import { hangUpOnStall } from '../http/send-json.ts';
import type { GatewayRequest } from '../request.ts';
import { type Exchange, endRequest, type InferenceRoute } from '../turn/serve-inference.ts';

/** Texts that take one place together. */
const batchSize = 8;

export const embeddings: InferenceRoute = {
  name: 'openai-embeddings',
  path: '/v1/embeddings',
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
  read: (input, unknownFields, response) => {
    const body = requireValue(parseEmbeddingsRequest(input, unknownFields), response);
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    return {
      model: body.model,
      demand: () => ({ places: Math.ceil(texts.length / batchSize), completionTokens: 0 }),
      messages: () => texts.map((content) => ({ role: 'user', content })),
      run: async (context, exchange) => {
        const vectors = await vectorsOf(texts, exchange);
        endRequest(context, exchange.request, { type: 'finished' });
        const encode = body.encoding_format === 'base64' ? base64Of : listOf;
        await sendVectors(context, exchange.request, { model: body.model, vectors, encode });
      },
    };
  },
};

async function vectorsOf(
  texts: readonly string[],
  { request, model: { engine }, grant }: Exchange,
): Promise<readonly Float32Array[]> {
  if (engine.embed === undefined) {
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'embeddings' });
  }
  const vectors: Float32Array[] = [];
  while (vectors.length < texts.length) {
    const permit = await grant.acquire();
    request.waitedMs ??= request.elapsed();
    try {
      const batch = texts.slice(vectors.length, vectors.length + batchSize);
      vectors.push(...(await engine.embed(batch, request.signal)));
    } finally {
      permit.release();
    }
  }
  return vectors;
}

type Answer = {
  readonly model: string;
  readonly vectors: readonly Float32Array[];
  readonly encode: (vector: Float32Array) => string | readonly number[];
};

/** One vector in a turn of the event loop. */
async function sendVectors(
  { limits }: GatewayContext,
  { id, response, signal }: GatewayRequest,
  { model, vectors, encode }: Answer,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': id });
  response.write(`{"object":"list","model":${JSON.stringify(model)},"data":[`);
  for (const [index, vector] of vectors.entries()) {
    const item = JSON.stringify({ object: 'embedding', index, embedding: encode(vector) });
    const taken = response.write(index === 0 ? item : `,${item}`);
    if (!taken) await drained(response, limits.writeStallMs, signal);
    else if (index % 2 === 1) await nextTurn();
    if (response.destroyed) return;
  }
  response.end(']}');
  hangUpOnStall(response, limits.writeStallMs);
}

function listOf(vector: Float32Array): readonly number[] {
  return Array.from(vector);
}

/** Little-endian float32, whatever this machine's order is. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
