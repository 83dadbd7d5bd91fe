// One generation as a chain of completions of llama-server. The server can neither write text in the model's place nor
// begin a grammar in the middle, so a completion ends there and the next one goes on behind it in the same slot, which
// still holds what was computed. Tokens that were made meanwhile are dropped.
import { seededRandom } from '../../base/index.ts';
import type { EngineEvent, GenerateRequest } from '../engine.ts';
import { createMarkerDetector } from '../marker-detector.ts';
import type { CompletionChunk } from './completion-chunk.ts';
import type { CompletionBody, ServerConnection } from './server-connection.ts';

export type ContinuationsOptions = {
  readonly connection: ServerConnection;
  readonly slot: number;
  /** What the slot holds may be used for the first completion. */
  readonly reusable: boolean;
  readonly prompt: readonly number[];
  /** At most so many completion tokens; at least 1. */
  readonly limit: number;
  readonly seed: number;
  /** GBNF. */
  readonly grammar: string | undefined;
  readonly endTokens: ReadonlySet<number>;
  /** Markers that are tokens of their own, by their ids. */
  readonly markers: ReadonlyMap<number, string>;
  /** Ends it, whatever it does. */
  readonly signal: AbortSignal;
};

export type Continuations = {
  readonly events: () => AsyncGenerator<readonly EngineEvent[]>;
  /** Prompt and completion, as far as their tokens are known. */
  readonly tokens: () => readonly number[];
};

/** Sampling looks at this many of the likeliest tokens, as our own engine does. */
const candidates = 1024;

type TokenEvent = Extract<EngineEvent, { type: 'token' }>;

export function createContinuations(request: GenerateRequest, options: ContinuationsOptions): Continuations {
  const { connection, slot, limit, signal, grammar, endTokens } = options;
  const { forced, sampling, constraint, logProbabilities } = request;
  const { topK = candidates, minP, repetitionPenalty, logitBias } = sampling;
  const tokens = [...options.prompt];
  const [unlessText, afterText] = [forced?.unless ?? '', constraint?.after ?? ''];
  const inVocabulary = new Set(options.markers.values());
  const unless = createMarkerDetector(unlessText, inVocabulary.has(unlessText));
  const after = createMarkerDetector(afterText, inVocabulary.has(afterText));
  let forcedDone = forced === undefined;
  let promptTold = false;
  /** Forced text that was written before the server has said what it reuses of the prompt. */
  let beforehand: readonly EngineEvent[] = [];
  let completionTokens = 0;
  let completions = 0;

  const tellPrompt = (reused: number): readonly EngineEvent[] => {
    if (promptTold) return [];
    promptTold = true;
    const known = request.markers?.filter((marker) => inVocabulary.has(marker));
    const promptTokens = options.prompt.length;
    const told = { promptTokens, reusedTokens: Math.min(reused, promptTokens) };
    return [{ type: 'prompt', ...told, ...(known !== undefined && { markerTokens: known }) }, ...beforehand];
  };

  const forcedIsDue = (): boolean =>
    !forcedDone && !unless.seen() && (forced?.now?.aborted || completionTokens === forced?.afterTokens);

  const take = (event: TokenEvent, id?: number): TokenEvent => {
    completionTokens++;
    const isMarker = id !== undefined && options.markers.has(id);
    unless.push(event.text, isMarker);
    after.push(event.text, isMarker);
    return isMarker && request.markers !== undefined ? { ...event, marker: true } : event;
  };

  const writeForced = async (text: string): Promise<readonly EngineEvent[]> => {
    forcedDone = true;
    const decoder = new TextDecoder();
    const written: TokenEvent[] = [];
    for (const { id, bytes } of await connection.tokenise(text, true)) {
      if (completionTokens === limit) break;
      tokens.push(id);
      const piece = decoder.decode(bytes, { stream: true });
      written.push(take({ type: 'token', text: piece, id, forced: true }, id));
    }
    return written;
  };

  const bodyOf = (mostTokens: number): CompletionBody => ({
    prompt: tokens,
    id_slot: slot,
    cache_prompt: completions > 0 || options.reusable,
    n_predict: mostTokens,
    stream: true,
    return_tokens: true,
    return_progress: true,
    samplers: [
      ...(repetitionPenalty === undefined ? [] : ['penalties']),
      ...['top_k', 'top_p'],
      ...(minP === undefined ? [] : ['min_p']),
      'temperature',
    ],
    top_k: topK,
    top_p: sampling.topP,
    ...(minP !== undefined && { min_p: minP }),
    // Over all of prompt and completion, as in our own engine.
    ...(repetitionPenalty !== undefined && { repeat_penalty: repetitionPenalty, repeat_last_n: -1 }),
    ...(logitBias !== undefined && { logit_bias: logitBias }),
    temperature: sampling.temperature,
    // Each would change what is sampled, and the server takes what is left out from its flags or from the
    // `general.sampling.*` of the file, where neither the client nor the subject names it.
    mirostat: 0,
    dynatemp_range: 0,
    // Every completion draws numbers of its own; 31 bits, since 2³² − 1 asks for an unpredictable seed.
    seed: seededRandom(options.seed, completions).integer(0, 2 ** 31 - 1),
    ...(logProbabilities !== undefined && { n_probs: Math.max(1, logProbabilities) }),
    ...(grammar !== undefined && after.seen() && { grammar }),
  });

  /** Where a completion has to end so that something else can follow. */
  const lengthOfNext = (): number => {
    const { afterTokens = null } = forced ?? {};
    const waits = !forcedDone && !unless.seen() && afterTokens !== null && afterTokens > completionTokens;
    return Math.min(limit, waits ? afterTokens : limit) - completionTokens;
  };

  /** A token of the server, with those before it that only began its character. */
  const tokenEvents = async (
    chunk: Extract<CompletionChunk, { type: 'token' }>,
    counted: number,
  ): Promise<readonly TokenEvent[]> => {
    const missing = chunk.count - counted - 1;
    const begun = Array.from({ length: missing }, () => take({ type: 'token', text: '' }));
    if (missing === 0) tokens.push(chunk.id);
    // Their ids are not told.
    else tokens.push(...(await connection.tokenise(chunk.text, false)).map(({ id }) => id));
    const { text, logProbability, alternatives } = chunk;
    const likely =
      logProbabilities === undefined || logProbability === undefined
        ? {}
        : { logProbability, alternatives: (alternatives ?? []).slice(0, logProbabilities) };
    return [...begun, take({ type: 'token', text, ...likely }, missing === 0 ? chunk.id : undefined)];
  };

  async function* completion(): AsyncGenerator<readonly EngineEvent[], 'stop' | 'limit' | 'cut'> {
    const constrained = after.seen();
    const cut = new AbortController();
    const cutNow = (): void => cut.abort();
    const mayForce = !forcedDone && !unless.seen();
    if (mayForce) forced?.now?.addEventListener('abort', cutNow, { once: true });
    const body = bodyOf(lengthOfNext());
    completions++;
    const start = completionTokens;
    try {
      for await (const chunks of connection.complete(body, AbortSignal.any([signal, cut.signal]))) {
        const events: EngineEvent[] = [];
        let ending: 'stop' | 'limit' | 'cut' | undefined;
        for (const chunk of chunks) {
          events.push(...tellPrompt(chunk.type === 'progress' ? chunk.reusedTokens : 0));
          if (chunk.type === 'token' && !endTokens.has(chunk.id)) {
            events.push(...(await tokenEvents(chunk, completionTokens - start)));
            if (!constrained && grammar !== undefined && after.seen()) ending = 'cut';
          }
          if (chunk.type === 'end') {
            ending = chunk.reason === 'eos' ? 'stop' : 'limit';
            const missing = chunk.count - (completionTokens - start) - (ending === 'stop' ? 1 : 0);
            for (let index = 0; index < missing; index++) events.push(take({ type: 'token', text: '' }));
          }
          if (ending !== undefined) break;
        }
        if (events.length > 0) yield events;
        if (ending !== undefined) return ending;
      }
      throw new Error('the server ended a completion without a reason');
    } catch (cause) {
      if (cut.signal.aborted && !signal.aborted) return 'cut';
      throw cause;
    } finally {
      forced?.now?.removeEventListener('abort', cutNow);
    }
  }

  return {
    tokens: () => tokens,
    events: async function* () {
      for (;;) {
        if (forced !== undefined && forcedIsDue()) {
          const written = await writeForced(forced.text);
          if (promptTold) yield written;
          else beforehand = written;
        }
        const before = completionTokens;
        if (before >= limit) break;
        const ending = yield* completion();
        if (ending === 'stop') {
          yield [{ type: 'end', reason: 'stop', completionTokens }];
          return;
        }
        // The context is full earlier than we thought.
        if (ending === 'limit' && completionTokens === before) break;
      }
      yield [...tellPrompt(0), { type: 'end', reason: 'length', completionTokens }];
    },
  };
}
