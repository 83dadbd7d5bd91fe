// The routes to models. Each request to one of them passes the one gate and leaves one record.
import { dialects } from '../dialects/dialects.ts';
import { completionRoute } from '../turn/complete.ts';
import type { InferenceRoute } from '../turn/serve-inference.ts';
import { countTokens } from './count-tokens.ts';
import { embeddings } from './embeddings.ts';
import { ollamaEmbed, ollamaEmbeddings } from './ollama-embed.ts';

export const inferenceRoutes: readonly InferenceRoute[] = [
  ...dialects.map(completionRoute),
  embeddings,
  ollamaEmbed,
  ollamaEmbeddings,
  countTokens,
];
