// One generation in the child: turns tokens into events, writes forced text when its time has come, begins a
// constraint behind its marker. It knows neither batches nor sequences; the scheduler asks it what to evaluate next.
import { seededRandom } from '../../base/index.ts';
import { createGrammarWatch } from '../constraint/gbnf/grammar-watch.ts';
import { createMarkerDetector } from '../marker-detector.ts';
import type { GrammarReader } from './ffi/grammar.ts';
import type { Vocabulary } from './ffi/model.ts';
import type { SamplerFactory, SamplerSettings } from './ffi/sampler.ts';
import { markerTokensOf } from './marker-tokens.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import { rankToken } from './token-ranking.ts';

export type Generation = {
  readonly id: number;
  readonly cacheScope: string | null;
  readonly prompt: readonly number[];
  /** What is to be evaluated before the next token can be chosen; at least one token, once it has begun. */
  readonly pending: () => readonly number[];
  /** Most completion tokens that may still follow. */
  readonly rest: () => number;
  /** So many of what is pending have been evaluated. */
  readonly evaluated: (count: number) => void;
  /** These have to be evaluated once more, before what is pending. */
  readonly repeat: (tokens: readonly number[]) => void;
  /** The prompt's first `reused` tokens need not be evaluated. Called once, before anything else. */
  readonly begin: (reused: number) => void;
  /** Writes the forced text if it is due. True when nothing may follow. */
  readonly force: () => boolean;
  /**
   * Chooses a token by its logits and takes it in. True when it was the last one.
   * @param index in the batch of the token behind which it comes.
   */
  readonly choose: (index: number, logits: Float32Array) => boolean;
  /** From now on forced text is due. */
  readonly forceNow: () => void;
  readonly abort: () => void;
  readonly aborted: () => boolean;
} & Disposable;

export type GenerationTools = {
  readonly vocabulary: Vocabulary;
  readonly samplers: SamplerFactory;
  readonly grammars: GrammarReader;
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
  { vocabulary, samplers, grammars, emit }: GenerationTools,
): Generation {
  const { generation: id, forced, constraint, logProbabilities } = command;
  const [unlessText, afterText] = [forced?.unless ?? '', constraint?.after ?? ''];
  const markers = markerTokensOf(vocabulary, [...(command.markers ?? []), unlessText, afterText]);
  const inVocabulary = new Set(markers.values());
  // Whoever names markers is shown no other control tokens: their texts would be taken for what the model said.
  const bytesOf = (token: number): Uint8Array =>
    vocabulary.piece(token, command.markers === null || markers.has(token));
  const grammar = constraint === null ? undefined : grammars.read(constraint.grammar);
  const sampler = samplers.create(samplerSettings(command), prompt, prompt.length + limit, command.watermark);
  const unless = createMarkerDetector(unlessText, inVocabulary.has(unlessText));
  const after = createMarkerDetector(afterText, inVocabulary.has(afterText));
  let pending = prompt;
  let decoder = freshDecoder();
  let completionTokens = 0;
  let forcing = false;
  let aborted = false;
  /** What follows is sampled by the grammar. */
  let constrained = false;
  const watch = constraint === null ? undefined : createGrammarWatch(constraint.grammar);

  const constrain = (): void => {
    if (grammar === undefined || constrained) return;
    sampler.constrain(grammar);
    constrained = true;
  };
  if (after.seen()) constrain();

  const write = (token: number, more: Partial<Extract<GenerationEvent, { type: 'token' }>>): boolean => {
    const text = decoder.decode(bytesOf(token), { stream: true });
    const problem = constrained && !more.forced ? watch?.problemAfter(text) : undefined;
    if (problem !== undefined) {
      emit({ type: 'refused', generation: id, problem });
      return true;
    }
    const isMarker = markers.has(token);
    unless.push(text, isMarker);
    if (after.push(text, isMarker) !== undefined) constrain();
    completionTokens++;
    const marked = isMarker && command.markers !== null ? { marker: true as const } : {};
    emit({ type: 'token', generation: id, text, id: token, ...marked, ...more });
    if (completionTokens < limit) return false;
    emit({ type: 'end', generation: id, reason: 'length', completionTokens });
    return true;
  };

  const likelihoodOf = (token: number, logits: Float32Array, count: number) => {
    const { logProbability, likeliest } = rankToken(logits, token, count);
    const alternatives = likeliest.map((candidate) => ({
      text: new TextDecoder().decode(vocabulary.piece(candidate.token, true)),
      logProbability: candidate.logProbability,
    }));
    return { logProbability, alternatives };
  };

  return {
    id,
    cacheScope: command.cacheScope,
    prompt,
    pending: () => pending,
    rest: () => limit - completionTokens,
    evaluated: (count) => {
      pending = pending.slice(count);
    },
    repeat: (tokens) => {
      pending = [...tokens, ...pending];
    },
    begin: (reused) => {
      pending = prompt.slice(reused);
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
      const written = vocabulary.tokenize(forced.text, true);
      // A character that the model had begun is not ended.
      decoder = freshDecoder();
      // Once is enough, also where the text does not hold the marker.
      unless.push(forced.unless, true);
      pending = [...pending, ...written];
      return written.some((token) => {
        sampler.take(token);
        return write(token, { forced: true });
      });
    },
    choose: (index, logits) => {
      const token = sampler.choose(index, logits);
      if (token === undefined) throw new Error('no token may follow');
      if (vocabulary.endsGeneration(token)) {
        emit({ type: 'end', generation: id, reason: 'stop', completionTokens });
        return true;
      }
      pending = [token];
      return write(token, logProbabilities === null ? {} : likelihoodOf(token, logits, logProbabilities));
    },
    forceNow: () => {
      forcing = true;
    },
    abort: () => {
      aborted = true;
    },
    aborted: () => aborted,
    [Symbol.dispose]: () => {
      sampler[Symbol.dispose]();
      grammar?.[Symbol.dispose]();
    },
  };
}

/** Gives a character with the last of its bytes; bytes that never became one are dropped at the end. */
function freshDecoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

function samplerSettings({ sampling }: GenerateCommand): SamplerSettings {
  return { ...sampling, seed: seededRandom(sampling.seed, 0).integer(0, 2 ** 31 - 1) };
}
