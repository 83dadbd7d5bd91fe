// Runs all generations of one context in steps, on the thread that it has for itself: a token of every sequence that
// decodes and, for the rest of the room, tokens of prompts. A step that an abort breaks off is evaluated again without it.
// Not covered: who shares a batch may change its rounding and, rarely, a token.
import { type Clock, reasonOf } from '../../base/index.ts';
import type { NativeContext } from './ffi/context.ts';
import { gapsToFill } from './gaps.ts';
import { createGeneration, type Generation, type GenerationTools } from './generation.ts';
import { createPromptOrder } from './prompt-order.ts';
import { createPromptPace } from './prompt-pace.ts';
import { promptTokens } from './prompt-tokens.ts';
import { mostProposed } from './proposal-length.ts';
import type { Proposer } from './proposals.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import type { Sequence, Sequences } from './sequences.ts';
import { createStepPace } from './step-pace.ts';

export type Scheduler = {
  /** Begins with the next step. @throws Error for an empty prompt or text that cannot be tokenised. */
  readonly start: (command: GenerateCommand) => void;
  /** Takes effect before the next step; a generation that has ended is left alone. */
  readonly abort: (generation: number) => void;
  /** The same for forced text. */
  readonly force: (generation: number) => void;
  /** Evaluates one step. False where there was nothing to evaluate. */
  readonly step: () => boolean;
};

export type SchedulerOptions = Omit<GenerationTools, 'emit'> & {
  readonly context: NativeContext;
  readonly sequences: Sequences;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  /** Most tokens of a step; at least one for each sequence. */
  readonly batch: number;
  /** Neighbouring sequences are evaluated together, and what is evaluated in one can be taken back. */
  readonly fillsGaps: boolean;
  /** Absent: every step gives a sequence one token at most. */
  readonly proposer?: Proposer | undefined;
  readonly clock: Clock;
  /**
   * A step begins that reads a part of a long prompt: for so many milliseconds so little of it will be done that it may be broken
   * off for somebody with a short one.
   */
  readonly mayYieldFor: (milliseconds: number) => void;
  readonly emit: (event: GenerationEvent) => void;
};

/** What a step evaluates of a sequence; without a generation it fills a gap and is taken back. */
type Part = {
  readonly sequence: Sequence;
  readonly generation?: Generation;
  readonly tokens: number;
  /** They are the last ones before a token is chosen. */
  readonly isLast: boolean;
  /** What may follow them, evaluated along with them. */
  readonly proposed: readonly number[];
};

type Share = Part & { readonly generation: Generation };

/** Of a step's time, the part after which what was done of it is worth more than what a newcomer would win. */
const yieldingShare = 0.5;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const {
    vocabulary,
    context,
    sequences,
    contextLength,
    batch,
    fillsGaps,
    proposer,
    clock,
    mayYieldFor,
    emit,
  } = options;
  const arrivals: Generation[] = [];
  const pace = createStepPace();
  const promptPace = createPromptPace(batch);
  const promptOrder = createPromptOrder();

  const settle = (): void => {
    for (const generation of arrivals.splice(0)) sequences.place(generation);
    for (const sequence of sequences.all) {
      const { generation } = sequence;
      if (generation?.aborted()) {
        retire(sequence);
        emit({ type: 'aborted', generation: generation.id });
      } else if (generation?.force()) retire(sequence);
    }
  };

  const nextShares = (): readonly Share[] => {
    const held = sequences.all.flatMap((sequence) =>
      sequence.generation === undefined ? [] : [{ sequence, generation: sequence.generation }],
    );
    const decoding = held.filter(({ generation }) => generation.pending().length === 1);
    const chosen = pace.next(
      decoding.map(({ generation }) => ({ generation: generation.id, rest: generation.rest() })),
    );
    const prompts = held
      .filter(({ generation }) => generation.pending().length > 1)
      .map(({ sequence: { index, cacheScope }, generation }) => ({
        sequence: index,
        cacheScope,
        rest: generation.pending().length,
        arrival: generation.id,
      }));
    const decodingRoom = proposer === undefined ? chosen.length : Math.max(chosen.length, batch / 2);
    const room = Math.min(
      promptPace.room({ decoding: chosen.length, rests: prompts.map(({ rest }) => rest) }),
      Math.floor(batch - decodingRoom),
    );
    const read = new Map(
      promptOrder.next(prompts, room).map(({ sequence, tokens }) => [sequence, tokens] as const),
    );
    return held.flatMap(({ sequence, generation }) => {
      const pending = generation.pending().length;
      const takesOne = pending === 1 && chosen.includes(generation.id);
      const tokens = takesOne ? 1 : (read.get(sequence.index) ?? 0);
      const proposed = takesOne ? proposalsFor(sequence, generation, chosen.length) : [];
      return tokens === 0 ? [] : [{ sequence, generation, tokens, isLast: tokens === pending, proposed }];
    });
  };

  /** As many as the context and half of a step have room for; the other half is for prompts. */
  const proposalsFor = (
    { index, tokens }: Sequence,
    generation: Generation,
    decoding: number,
  ): readonly number[] => {
    if (proposer === undefined) return [];
    const text = [...tokens, ...generation.pending()];
    const room = Math.floor(batch / 2 / decoding) - 1;
    const most = Math.min(mostProposed, room, generation.rest() - 1, contextLength - text.length);
    return most > 0 ? proposer.propose(index, text, most) : [];
  };

  const isShare = (part: Part): part is Share => part.generation !== undefined;

  /** Shares in ascending order of their sequences, and between them what llama.cpp needs to evaluate them together. */
  const withGapsFilled = (shares: readonly Share[]): readonly Part[] => {
    if (!fillsGaps) return shares;
    const evaluated = shares.map(({ sequence, tokens, proposed }) => ({
      sequence: sequence.index,
      tokens: tokens + proposed.length,
    }));
    const room = batch - evaluated.reduce((sum, { tokens }) => sum + tokens, 0);
    const fillers = gapsToFill(evaluated, room)
      .map((index) => sequences.all[index] as Sequence)
      .filter(({ tokens }) => tokens.length < contextLength)
      .map((sequence) => ({ sequence, tokens: 1, isLast: false, proposed: [] }));
    return [...shares, ...fillers].toSorted((one, other) => one.sequence.index - other.sequence.index);
  };

  const evaluate = (shares: readonly Share[]): void => {
    const parts = withGapsFilled(shares);
    const started = clock.monotonic();
    const promptTokens = shares.reduce((sum, { tokens }) => sum + (tokens > 1 ? tokens : 0), 0);
    if (shares.some(({ tokens, isLast }) => tokens > 1 && !isLast))
      mayYieldFor(yieldingShare * (promptPace.expected(promptTokens) ?? 0));
    for (const { sequence, generation, tokens, isLast, proposed } of parts) {
      const [start, pending] = [sequence.tokens.length, generation?.pending() ?? [vocabulary.filler]];
      context.add(sequence.index, start, pending, 0, tokens, isLast ? 'last' : 'none');
      context.add(sequence.index, start + tokens, proposed, 0, proposed.length, 'all');
    }
    try {
      if (context.decode() === 'aborted') {
        for (const { sequence } of parts) sequences.takeBack(sequence);
        return;
      }
    } catch (error) {
      for (const part of parts) if (!isShare(part)) sequences.takeBack(part.sequence);
      for (const share of shares) fail(share, error);
      return;
    }
    const took = clock.monotonic() - started;
    promptPace.took(promptTokens, took);
    pace.decoded(took, promptTokens > 0 ? undefined : shares.length);
    choose(parts);
  };

  const choose = (parts: readonly Part[]): void => {
    const choices = new Map<number, () => void>();
    let row = 0;
    let index = -1;
    for (const part of parts) {
      const { sequence, tokens, isLast, proposed } = part;
      index += tokens;
      if (!isShare(part)) {
        sequences.takeBack(sequence);
        continue;
      }
      const { generation } = part;
      for (const token of generation.pending().slice(0, tokens)) sequence.tokens.push(token);
      generation.evaluated(tokens);
      if (!isLast) continue;
      const [itsIndex, itsRow] = [index, row];
      choices.set(generation.id, () => chooseTokens(part, itsIndex, itsRow));
      row += 1 + proposed.length;
      index += proposed.length;
    }
    for (const id of pace.cheapestFirst([...choices.keys()])) choices.get(id)?.();
  };

  /** One token, and another one behind each that was proposed and is the one that was chosen. */
  const chooseTokens = (share: Share, index: number, row: number): void => {
    const { sequence, generation, proposed } = share;
    try {
      const started = clock.monotonic();
      let [right, ended] = [0, false];
      for (;;) {
        ended = generation.choose(index + right, context.logits(row + right)) || generation.force();
        const [token, ...others] = generation.pending();
        if (ended || others.length > 0 || token !== proposed[right]) break;
        sequence.tokens.push(token as number);
        generation.evaluated(1);
        right++;
      }
      pace.sampled(generation.id, (clock.monotonic() - started) / (right + 1));
      if (proposed.length > 0) {
        proposer?.judged(sequence.index, proposed.length, right);
        if (right < proposed.length) sequences.takeBack(sequence);
      }
      if (ended) retire(sequence);
    } catch (error) {
      fail(share, error);
    }
  };

  const fail = ({ generation, sequence }: Share, error: unknown): void => {
    // What the cache holds after a failed step is unknown.
    sequence.cacheScope = null;
    retire(sequence);
    emit({ type: 'fault', generation: generation.id, reason: reasonOf(error) });
  };

  const retire = (sequence: Sequence): void => {
    if (sequence.generation !== undefined) pace.ended(sequence.generation.id);
    proposer?.forget(sequence.index);
    sequences.retire(sequence);
  };

  const live = (id: number): Generation | undefined =>
    [...arrivals, ...sequences.all.map(({ generation }) => generation)].find(
      (generation) => generation?.id === id,
    );

  return {
    start: (command) => {
      const { generation: id, prompt, maxTokens } = command;
      const tokens = promptTokens(vocabulary, prompt);
      if (tokens.length === 0) throw new Error('the prompt is empty');
      if (tokens.length >= contextLength) {
        emit({ type: 'too-long', generation: id, received: tokens.length, limit: contextLength });
        return;
      }
      const limit = Math.min(maxTokens, contextLength - tokens.length);
      if (limit === 0) {
        emit({ type: 'prompt', generation: id, promptTokens: tokens.length, reusedTokens: 0 });
        emit({ type: 'end', generation: id, reason: 'length', completionTokens: 0 });
        return;
      }
      try {
        arrivals.push(createGeneration(command, tokens, limit, options));
      } catch (error) {
        emit({ type: 'refused', generation: id, problem: reasonOf(error) });
      }
    },
    abort: (generation) => live(generation)?.abort(),
    force: (generation) => live(generation)?.forceNow(),
    step: () => {
      settle();
      const shares = nextShares();
      if (shares.length > 0) evaluate(shares);
      return shares.length > 0 || arrivals.length > 0;
    },
  };
}
