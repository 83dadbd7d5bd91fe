// POST /api/embed and, older, /api/embeddings: Ollama's vectors. Those of the newer route have the length 1, those of the
// older one are as the engine gives them.
import { parseOllamaEmbeddingsRequest, parseOllamaEmbedRequest } from '../../wire/index.ts';
import { ollamaChat } from '../dialects/ollama/dialect.ts';
import { requireValue } from '../http/require-value.ts';
import type { InferenceRoute } from '../turn/serve-inference.ts';
import { embeddingTask } from './embedding-task.ts';

const { requestIdHeader, refusal } = ollamaChat;

export const ollamaEmbed: InferenceRoute = {
  name: 'ollama-embed',
  path: '/api/embed',
  requestIdHeader,
  refusal,
  read: (input, unknownFields, response) => {
    const body = requireValue(parseOllamaEmbedRequest(input, unknownFields), response);
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    return embeddingTask(body.model, texts, {
      before: `{"model":${JSON.stringify(body.model)},"embeddings":[`,
      item: (vector) => JSON.stringify(unitVector(vector)),
      after: (request) => `],"total_duration":${Math.round(request.elapsed() * 1e6)},"load_duration":0}`,
    });
  },
};

export const ollamaEmbeddings: InferenceRoute = {
  name: 'ollama-embeddings',
  path: '/api/embeddings',
  requestIdHeader,
  refusal,
  read: (input, unknownFields, response) => {
    const body = requireValue(parseOllamaEmbeddingsRequest(input, unknownFields), response);
    return embeddingTask(body.model, [body.prompt], {
      before: '{"embedding":',
      item: (vector) => JSON.stringify(Array.from(vector)),
      after: () => '}',
    });
  },
};

function unitVector(vector: Float32Array): readonly number[] {
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
