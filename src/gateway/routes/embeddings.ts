// POST /v1/embeddings, OpenAI's.
import { embeddingsRequest } from '../../wire/index.ts';
import { plainWords } from '../dialects/dialect.ts';
import { defineHandler, type InferenceHandler } from '../turn/serve-inference.ts';
import { embeddingTask } from './embedding-task.ts';

export const embeddings: InferenceHandler = defineHandler({
  name: 'openai-embeddings',
  ...plainWords,
  body: embeddingsRequest,
  taskOf: (body) => {
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    const encode = body.encoding_format === 'base64' ? base64Of : listOf;
    return embeddingTask(body.model, texts, {
      before: `{"object":"list","model":${JSON.stringify(body.model)},"data":[`,
      item: (vector, index) => JSON.stringify({ object: 'embedding', index, embedding: encode(vector) }),
      after: (_, { promptTokens }) =>
        `],"usage":{"prompt_tokens":${promptTokens},"total_tokens":${promptTokens}}}`,
    });
  },
});

function listOf(vector: Float32Array): readonly number[] {
  return Array.from(vector);
}

/** Little-endian float32, whatever this machine's order is. */
function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString('base64');
}
