// POST /api/embed and, older, /api/embeddings: Ollama's vectors. Those of the newer route have the length 1, those of the
// older one are as the engine gives them.
import { ollamaEmbeddingsRequest, ollamaEmbedRequest } from '../../wire/index.ts';
import { ollamaWords } from '../dialects/ollama/dialect.ts';
import { defineHandler, type InferenceHandler } from '../turn/serve-inference.ts';
import { embeddingTask } from './embedding-task.ts';

export const ollamaEmbed: InferenceHandler = defineHandler({
  name: 'ollama-embed',
  ...ollamaWords,
  body: ollamaEmbedRequest,
  taskOf: (body) => {
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    return embeddingTask(body.model, texts, {
      before: `{"model":${JSON.stringify(body.model)},"embeddings":[`,
      item: (vector) => JSON.stringify(unitVector(vector)),
      after: (elapsedMs, { promptTokens }) =>
        `],"total_duration":${Math.round(elapsedMs * 1e6)},"load_duration":0,"prompt_eval_count":${promptTokens}}`,
    });
  },
});

export const ollamaEmbeddings: InferenceHandler = defineHandler({
  name: 'ollama-embeddings',
  ...ollamaWords,
  body: ollamaEmbeddingsRequest,
  taskOf: (body) =>
    embeddingTask(body.model, [body.prompt], {
      before: '{"embedding":',
      item: (vector) => JSON.stringify(Array.from(vector)),
      after: () => '}',
    }),
});

function unitVector(vector: Float32Array): readonly number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
