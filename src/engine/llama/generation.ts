// One generation in the child: turns tokens into events, writes forced text when its time has come, begins a
// constraint behind its marker. It knows neither batches nor sequences; the scheduler asks it what to evaluate next.
import type { LlamaModel, Token } from 'node-llama-cpp';
import { seededRandom } from '../../base/index.ts';
import { createGrammarWatch } from '../constraint/gbnf/grammar-watch.ts';
import { createMarkerDetector } from '../marker-detector.ts';
import { createLogitShaper } from './logit-changes.ts';
import { markerTokensOf } from './marker-tokens.ts';
import type { NativeContext, SamplerSettings } from './native-binding.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import { createTokenText } from './token-text.ts';

export type Generation = {
  readonly id: number;
  readonly cacheScope: string | null;
  readonly prompt: readonly number[];
  /** Takes at most so many of the tokens that are to be evaluated next. */
  readonly take: (count: number) => readonly number[];
  /** How many tokens are to be evaluated before the next one can be chosen. */
  readonly pending: () => number;
  /** The prompt's first `reused` tokens need not be evaluated. Called once, before anything is taken. */
  readonly begin: (reused: number) => void;
  /** Writes the forced text if it is due. True when nothing may follow. */
  readonly force: () => boolean;
  /** Chooses a token from a row of logits and takes it in. True when it was the last one. */
  readonly choose: (row: number) => Promise<boolean>;
  /** From now on forced text is due. */
  readonly forceNow: () => void;
  readonly abort: () => void;
  readonly aborted: () => boolean;
} & Disposable;

export type GenerationTools = {
  readonly model: LlamaModel;
  readonly native: NativeContext;
  readonly emit: (event: GenerationEvent) => void;
};

/**
 * @param prompt its tokens.
 * @param limit at most so many completion tokens; at least 1.
 * @throws Error when the constraint's grammar cannot be read.
 */
export function createGeneration(
  command: GenerateCommand,
  prompt: readonly number[],
  limit: number,
  { model, native, emit }: GenerationTools,
): Generation {
  const { generation: id, forced, constraint, logProbabilities } = command;
  const [unlessText, afterText] = [forced?.unless ?? '', constraint?.after ?? ''];
  const markers = markerTokensOf(model, [...(command.markers ?? []), unlessText, afterText]);
  const inVocabulary = new Set(markers.values());
  // Whoever names markers is shown no other control tokens: their texts would be taken for what the model said.
  const shown = (ids: readonly Token[]): boolean =>
    command.markers === null || ids.some((token) => markers.has(token));
  const freshText = (): ((token: Token) => string) =>
    createTokenText((ids, before) => model.detokenize(ids, shown(ids), before));
  const grammar = constraint === null ? undefined : native.parseGrammar(constraint.grammar);
  const sampler = native.createSampler(samplerSettings(command, prompt.length + limit));
  const shaper = createLogitShaper(command.sampling, prompt);
  const unless = createMarkerDetector(unlessText, inVocabulary.has(unlessText));
  const after = createMarkerDetector(afterText, inVocabulary.has(afterText));
  /** To be evaluated, from `next` on. */
  let tokens: readonly number[] = prompt;
  let next = 0;
  let textOf = freshText();
  let completionTokens = 0;
  let forcing = false;
  let aborted = false;
  /** What follows is sampled by the grammar. */
  let constrained = false;
  const watch = constraint === null ? undefined : createGrammarWatch(constraint.grammar);

  const constrain = (): void => {
    if (grammar === undefined) return;
    sampler.constrain(grammar);
    constrained = true;
  };
  if (after.seen()) constrain();

  const write = (token: number, more: Partial<Extract<GenerationEvent, { type: 'token' }>>): boolean => {
    const text = textOf(token as Token);
    const problem = constrained && !more.forced ? watch?.problemAfter(text) : undefined;
    if (problem !== undefined) {
      emit({ type: 'refused', generation: id, problem });
      return true;
    }
    const isMarker = markers.has(token);
    unless.push(text, isMarker);
    if (after.push(text, isMarker) !== undefined) constrain();
    completionTokens++;
    shaper.take(token);
    const marked = isMarker && command.markers !== null ? { marker: true as const } : {};
    emit({ type: 'token', generation: id, text, id: token, ...marked, ...more });
    if (completionTokens < limit) return false;
    emit({ type: 'end', generation: id, reason: 'length', completionTokens });
    return true;
  };

  return {
    id,
    cacheScope: command.cacheScope,
    prompt,
    pending: () => tokens.length - next,
    take: (count) => {
      const taken = tokens.slice(next, next + count);
      next += taken.length;
      return taken;
    },
    begin: (reused) => {
      next = reused;
      const known = command.markers?.filter((marker) => inVocabulary.has(marker));
      const markerTokens = known === undefined ? {} : { markerTokens: known };
      emit({
        ...{ type: 'prompt', generation: id, promptTokens: prompt.length, reusedTokens: reused },
        ...markerTokens,
      });
    },
    force: () => {
      if (forced === null || unless.seen() || (!forcing && completionTokens !== forced.afterTokens))
        return false;
      const written = model.tokenize(forced.text, true);
      // A character that the model had begun is not ended.
      textOf = freshText();
      // Once is enough, also where the text does not hold the marker.
      unless.push(forced.unless, true);
      tokens = [...tokens.slice(next), ...written];
      next = 0;
      return written.some((token) => write(token, { forced: true }));
    },
    choose: async (row) => {
      const token = await sampler.choose(row, shaper.changes());
      if (token === undefined) throw new Error('no token may follow');
      if (model.isEogToken(token as Token)) {
        emit({ type: 'end', generation: id, reason: 'stop', completionTokens });
        return true;
      }
      tokens = [token];
      next = 0;
      if (logProbabilities === null) return write(token, {});
      const { logProbability, likeliest } = await sampler.rank(row, token, logProbabilities);
      if (!Number.isFinite(logProbability)) throw new Error('the model computes values that are not finite');
      const finite = likeliest.filter((candidate) => Number.isFinite(candidate.logProbability));
      const alternatives = finite.map((candidate) => ({
        text: model.detokenize([candidate.token as Token], true),
        logProbability: candidate.logProbability,
      }));
      return write(token, { logProbability, alternatives });
    },
    forceNow: () => {
      forcing = true;
    },
    abort: () => {
      aborted = true;
    },
    aborted: () => aborted,
    [Symbol.dispose]: () => sampler[Symbol.dispose](),
  };
}

function samplerSettings({ sampling }: GenerateCommand, mostTokens: number): SamplerSettings {
  const { temperature, topP, topK, minP = 0 } = sampling;
  const seed = seededRandom(sampling.seed, 0).integer(0, 2 ** 31 - 1);
  return { temperature, topP, topK, minP, seed, mostTokens };
}
