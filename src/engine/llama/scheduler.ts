// Runs all generations of one context in lockstep (in the child process). A step takes one token of every sequence, or,
// in turn with it, a chunk of the prompts still being read; in ascending sequence id and equally many tokens of each,
// since llama.cpp reads the weights again for every break in that order and for what is longer than the shortest share.
// Not covered: who shares a batch may change its rounding and, rarely, a token.
import type { LlamaModel } from 'node-llama-cpp';
import type { Clock } from '../../base/index.ts';
import { createGeneration, type Generation } from './generation.ts';
import type { BatchPart, NativeContext } from './native-binding.ts';
import type { PrefillPace } from './prefill-chunk.ts';
import { nextPrefill } from './prefill-order.ts';
import { placeSequence } from './prefix-cache.ts';
import { promptTokens } from './prompt-tokens.ts';
import type { GenerateCommand, GenerationEvent, Progress } from './protocol.ts';
import { createSamplingPace } from './sampling-pace.ts';

export type Scheduler = {
  /** Begins with the next step. @throws Error for an empty prompt or text that cannot be tokenised. */
  readonly start: (command: GenerateCommand) => void;
  /** Takes effect after the step that is being evaluated; a generation that has ended is left alone. */
  readonly abort: (generation: number) => void;
  /** The same for forced text. */
  readonly force: (generation: number) => void;
  readonly progress: () => Progress;
};

export type SchedulerOptions = {
  readonly model: LlamaModel;
  readonly native: NativeContext;
  /** Sequences of the context. */
  readonly slots: number;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  readonly prefillPace: PrefillPace;
  readonly clock: Clock;
  readonly emit: (event: GenerationEvent) => void;
};

type Sequence = {
  generation: Generation | undefined;
  cacheScope: string | null;
  /** What its cache holds. */
  tokens: number[];
  usedAt: number;
};

type Share = {
  readonly sequence: Sequence;
  readonly generation: Generation;
  readonly part: BatchPart;
};

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { model, native, slots, contextLength, prefillPace, clock, emit } = options;
  const sequences: readonly Sequence[] = Array.from({ length: slots }, () => ({
    generation: undefined,
    cacheScope: null,
    tokens: [],
    usedAt: 0,
  }));
  const arrivals: Generation[] = [];
  const pace = createSamplingPace();
  /** The last step took a chunk of prompts. */
  let hasPrefilled = false;
  let prefillSteps = 0;
  let uses = 0;
  let steps = 0;
  let running = false;

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (;;) {
      for (const generation of arrivals.splice(0)) await place(generation);
      for (const [index, { generation }] of sequences.entries()) {
        if (generation?.aborted()) {
          retire(index);
          emit({ type: 'aborted', generation: generation.id });
        } else if (generation?.force()) retire(index);
      }
      const shares = nextShares();
      if (shares.length > 0) await step(shares);
      else if (arrivals.length === 0) break;
    }
    running = false;
  };

  /** Gives a newcomer a sequence. There is a free one, since the engine lets in no more generations than slots. */
  const place = async (generation: Generation): Promise<void> => {
    const { prompt, cacheScope } = generation;
    const cached = sequences.map((sequence) => ({ ...sequence, busy: sequence.generation !== undefined }));
    const { target, source, reusable } = placeSequence(cached, prompt, cacheScope);
    const sequence = sequences[target] as Sequence;
    if (source !== target) await native.copy(target, source);
    const kept = native.truncate(target, reusable) ? reusable : 0;
    sequence.generation = generation;
    sequence.cacheScope = cacheScope;
    sequence.tokens = prompt.slice(0, kept);
    generation.begin(kept);
  };

  const nextShares = (): readonly Share[] => {
    const held = sequences.flatMap(({ generation }, index) =>
      generation === undefined
        ? []
        : [{ sequence: index, rest: generation.pending(), arrival: generation.id }],
    );
    const taking = new Set(pace.next(held.map(({ arrival }) => arrival)));
    const live = held.filter(({ arrival }) => taking.has(arrival));
    const prefilling = live.filter(({ rest }) => rest > 1);
    if (prefilling.length === 0) prefillPace.reset();
    hasPrefilled = prefilling.length > 0 && !(hasPrefilled && prefilling.length < live.length);
    // Prompts take part in the others' step, so that no gap among these is left where one is being read.
    if (!hasPrefilled) return live.map(({ sequence }) => shareOf(sequence, 1));
    const { sequences: chosen, tokens } = nextPrefill(prefilling, prefillPace.chunk(), prefillSteps++);
    return chosen.map((sequence) => shareOf(sequence, tokens));
  };

  const shareOf = (index: number, count: number): Share => {
    const sequence = sequences[index] as Sequence;
    const generation = sequence.generation as Generation;
    const tokens = generation.take(count);
    const logits = generation.pending() === 0;
    const part = { sequence: index, position: sequence.tokens.length, tokens, logits };
    return { sequence, generation, part };
  };

  const step = async (shares: readonly Share[]): Promise<void> => {
    const started = clock.monotonic();
    let rows: readonly number[];
    try {
      rows = await native.decode(shares.map(({ part }) => part));
      steps++;
      const tokens = shares.reduce((sum, { part }) => sum + part.tokens.length, 0);
      const took = clock.monotonic() - started;
      if (hasPrefilled) prefillPace.took(tokens, took);
      pace.decoded(took);
    } catch (error) {
      for (const share of shares) fail(share, error);
      return;
    }
    let row = 0;
    const choices = new Map<number, () => Promise<(() => void) | undefined>>();
    for (const share of shares) {
      share.sequence.tokens.push(...share.part.tokens);
      const itsRow = rows[row];
      if (!share.part.logits || itsRow === undefined) continue;
      choices.set(share.generation.id, () => choose(share, itsRow));
      row++;
    }
    const inOrder = pace.cheapestFirst([...choices.keys()]);
    // Nothing is changed in the context while samplers of other rows read from it.
    for (const retireIt of await Promise.all(inOrder.map((id) => choices.get(id)?.()))) retireIt?.();
  };

  /** Gives what is left to be done where it was the last token. */
  const choose = async (share: Share, row: number): Promise<(() => void) | undefined> => {
    try {
      const started = clock.monotonic();
      const ended = await share.generation.choose(row);
      pace.sampled(share.generation.id, clock.monotonic() - started);
      return ended ? () => retire(share.part.sequence) : undefined;
    } catch (error) {
      return () => fail(share, error);
    }
  };

  const fail = ({ generation, part, sequence }: Share, error: unknown): void => {
    // What the cache holds after a failed step is unknown.
    sequence.cacheScope = null;
    retire(part.sequence);
    emit({ type: 'fault', generation: generation.id, reason: reasonOf(error) });
  };

  /** Nothing of a conversation stays in the sequence, except for another request of the same cache scope. */
  const retire = (index: number): void => {
    const sequence = sequences[index] as Sequence;
    if (sequence.generation !== undefined) pace.ended(sequence.generation.id);
    sequence.generation?.[Symbol.dispose]();
    sequence.generation = undefined;
    sequence.usedAt = ++uses;
    if (sequence.cacheScope !== null) return;
    native.truncate(index, 0);
    sequence.tokens = [];
  };

  const live = (id: number): Generation | undefined =>
    [...arrivals, ...sequences.map(({ generation }) => generation)].find(
      (generation) => generation?.id === id,
    );

  return {
    start: (command) => {
      const { generation: id, prompt, maxTokens } = command;
      const tokens = promptTokens(model, prompt);
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
        arrivals.push(createGeneration(command, tokens, limit, { model, native, emit }));
      } catch (error) {
        emit({ type: 'refused', generation: id, problem: reasonOf(error) });
        return;
      }
      void run();
    },
    abort: (generation) => live(generation)?.abort(),
    force: (generation) => live(generation)?.forceNow(),
    progress: () => ({ steps, working: running }),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
