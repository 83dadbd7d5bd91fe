// Texts into vectors, for the models whose engine gives them, in whatever dialect. Texts are read in batches that take a place
// in the engine each, and vectors are written one after another, so that a long list keeps nobody waiting.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TiegelError } from '../../base/index.ts';
import { noUsage, type TokenUsage } from '../../traffic/index.ts';
import type { GatewayContext } from '../context.ts';
import { drained } from '../http/chunk-writer.ts';
import { hangUpOnStall } from '../http/send-json.ts';
import { maxAnswerCharacters, type StoredAnswer } from '../idempotency.ts';
import type { GatewayRequest } from '../request.ts';
import { endRequest } from '../turn/end-request.ts';
import type { Exchange, InferenceTask } from '../turn/serve-inference.ts';

/** How an answer is written: what stands before its vectors, each of them, and what stands behind them, as JSON text. */
export type VectorsForm = {
  readonly before: string;
  readonly item: (vector: Float32Array, index: number) => string;
  readonly after: (elapsedMs: number, usage: TokenUsage) => string;
};

/** Texts that take one place together. */
const batchSize = 8;

export function embeddingTask(model: string, texts: readonly string[], form: VectorsForm): InferenceTask {
  return {
    model,
    demand: () => ({ places: Math.ceil(texts.length / batchSize), completionTokens: 0 }),
    messages: () => texts.map((content) => ({ role: 'user', content })),
    run: async (context, exchange) => {
      const vectors = await vectorsOf(texts, exchange);
      const { request } = exchange;
      const written = { ...form, after: form.after(request.elapsed(), request.usage()) };
      await endRequest(context, request, { type: 'finished' }, () => answerOf(vectors, written));
      await sendVectors(context, request, vectors, written);
    },
  };
}

async function vectorsOf(
  texts: readonly string[],
  { request, model: { engine }, grant }: Exchange,
): Promise<readonly Float32Array[]> {
  if (engine.embed === undefined) {
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'embeddings' });
  }
  const vectors: Float32Array[] = [];
  let promptTokens = 0;
  request.askForChoices(() => [{ finish: null, usage: { ...noUsage, promptTokens } }]);
  while (vectors.length < texts.length) {
    const permit = await grant.acquire();
    request.waitedMs ??= request.elapsed();
    try {
      const batch = texts.slice(vectors.length, vectors.length + batchSize);
      for (const { vector, tokens } of await engine.embed(batch, request.signal)) {
        vectors.push(vector);
        promptTokens += tokens;
      }
    } finally {
      permit.release();
    }
  }
  return vectors;
}

type Written = Omit<VectorsForm, 'after'> & { readonly after: string };

/** The whole answer, made with as many turns of the event loop as sending it takes. */
async function answerOf(
  vectors: readonly Float32Array[],
  { before, item, after }: Written,
): Promise<StoredAnswer | undefined> {
  let text = before;
  for (const [index, vector] of vectors.entries()) {
    text += index === 0 ? item(vector, index) : `,${item(vector, index)}`;
    if (text.length > maxAnswerCharacters) return undefined;
    if (index % 2 === 1) await nextTurn();
  }
  return { contentType: 'application/json', text: text + after };
}

/** One vector in a turn of the event loop. */
async function sendVectors(
  { limits }: GatewayContext,
  request: GatewayRequest,
  vectors: readonly Float32Array[],
  { before, item, after }: Written,
): Promise<void> {
  const { response, signal } = request;
  response.writeHead(200, request.headersWith('x-request-id', 'content-type', 'application/json'));
  response.write(before);
  for (const [index, vector] of vectors.entries()) {
    const text = item(vector, index);
    const taken = response.write(index === 0 ? text : `,${text}`);
    if (!taken) await drained(response, limits.writeStallMs, signal);
    else if (index % 2 === 1) await nextTurn();
    if (response.destroyed) return;
  }
  response.end(after);
  hangUpOnStall(response, limits.writeStallMs);
}
