// POST /v1/embeddings, OpenAI's. The answer has no `usage`: the engine does not say how many tokens a text had.
import { parseEmbeddingsRequest } from '../../wire/index.ts';
import { requireValue } from '../http/require-value.ts';
import type { InferenceRoute } from '../turn/serve-inference.ts';
import { embeddingTask } from './embedding-task.ts';

export const embeddings: InferenceRoute = {
  name: 'openai-embeddings',
  path: '/v1/embeddings',
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
  read: (input, unknownFields, response) => {
    const body = requireValue(parseEmbeddingsRequest(input, unknownFields), response);
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const encode = body.encoding_format === 'base64' ? base64Of : listOf;
    return embeddingTask(body.model, texts, {
      before: `{"object":"list","model":${JSON.stringify(body.model)},"data":[`,
      item: (vector, index) => JSON.stringify({ object: 'embedding', index, embedding: encode(vector) }),
      after: () => ']}',
    });
  },
};

function listOf(vector: Float32Array): readonly number[] {
  return Array.from(vector);
}

/** Little-endian float32, whatever this machine's order is. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
