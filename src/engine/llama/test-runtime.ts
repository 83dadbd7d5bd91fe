// A scheduler over the runtime itself, in the process of a test, which makes its steps one by one. Imported by tests only.
import { systemClock } from '../../base/index.ts';
import { createContext, createThreadPool, type NativeContext } from './ffi/context.ts';
import { createGrammarReader } from './ffi/grammar.ts';
import type { Library } from './ffi/library.ts';
import { loadModel } from './ffi/model.ts';
import { createSamplers } from './ffi/sampler.ts';
import { openProposer } from './native-runtime.ts';
import { createPromptCache } from './prompt-cache.ts';
import { mostProposed } from './proposal-length.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createSequences, type Sequences } from './sequences.ts';
import { createSharedState } from './shared-state.ts';
import { createSoloContext } from './solo-context.ts';

export type TestRuntime = {
  readonly scheduler: Scheduler;
  readonly sequences: Sequences;
  /** Of each generation. */
  readonly events: Map<number, readonly GenerationEvent[]>;
  /** A step that is broken off, at once or when all of it was done. False where there was nothing to evaluate. */
  readonly brokenOffStep: (late: boolean) => boolean;
  /** How often what had been stored was put back into a sequence. */
  readonly restored: () => number;
  /** For how long each step that may be broken off for a newcomer said that it may. */
  readonly yielding: readonly number[];
  /** Tokens that were evaluated so far. */
  readonly evaluated: () => number;
  /** Of these, those that only filled gaps. */
  readonly filled: () => number;
};

export type TestRuntimeOptions = {
  readonly modelPath: string;
  /** One cache for all sequences. */
  readonly unified: boolean;
  /** Another context for a sequence that is evaluated alone. */
  readonly solo?: boolean;
  readonly slots: number;
  readonly contextLength: number;
  readonly batch: number;
  readonly promptCacheBytes: number;
  /** A model that drafts for it. */
  readonly draftPath?: string;
  /** Earlier text drafts for it. */
  readonly lookup?: boolean;
};

export function openTestRuntime(library: Library, options: TestRuntimeOptions): TestRuntime {
  const {
    unified,
    slots,
    contextLength,
    batch,
    promptCacheBytes,
    draftPath = null,
    lookup = false,
  } = options;
  const model = loadModel(library, options.modelPath);
  const { vocabulary } = model;
  const { abortFlag } = createSharedState();
  // In 16 bits, the last bits of what is kept depend on who shared a batch, and now and then a token that is about as likely as
  // another does.
  const exact = { flashAttention: 'off', cacheType: 'F32', adapters: [] } as const;
  const size = { sequences: slots, contextLength, batch, outputs: slots * (1 + mostProposed) };
  const pool = createThreadPool(library, 1);
  const shared = createContext(library, model, pool, { ...exact, ...size, unified, abortFlag });
  const one = { ...size, sequences: 1, outputs: 1 + mostProposed, unified: false, abortFlag };
  const context = options.solo
    ? createSoloContext(shared, createContext(library, model, pool, { ...exact, ...one }))
    : shared;
  let [restored, evaluated, filled, isLate] = [0, 0, 0, false];
  const observed: NativeContext = {
    ...context,
    add: (sequence, position, tokens, from, to, logits) => {
      evaluated += to - from;
      if (tokens.length === 1 && logits === 'none') filled++;
      context.add(sequence, position, tokens, from, to, logits);
    },
    decode: () => (context.decode() === 'aborted' || isLate ? 'aborted' : 'done'),
    restore: (...stored) => {
      restored++;
      return context.restore(...stored);
    },
  };
  const sequences = createSequences(slots, observed, createPromptCache(observed, promptCacheBytes));
  const events = new Map<number, readonly GenerationEvent[]>();
  const yielding: number[] = [];
  const scheduler = createScheduler({
    ...{ vocabulary, sequences, contextLength, batch, context: observed, clock: systemClock },
    fillsGaps: !unified,
    mayYieldFor: (milliseconds) => yielding.push(milliseconds),
    samplers: createSamplers(library, vocabulary, context),
    grammars: createGrammarReader(library, vocabulary),
    proposer: openProposer(library, vocabulary, { draftPath, lookup }, size, abortFlag),
    emit: (event) => events.set(event.generation, [...(events.get(event.generation) ?? []), event]),
  });
  const brokenOffStep = (late: boolean): boolean => {
    isLate = late;
    abortFlag[0] = late ? 0 : 1;
    const wasBusy = scheduler.step();
    isLate = false;
    abortFlag[0] = 0;
    return wasBusy;
  };
  return {
    ...{ scheduler, sequences, events, brokenOffStep, yielding },
    restored: () => restored,
    evaluated: () => evaluated,
    filled: () => filled,
  };
}

/** Greedy, of plain text. */
export function testCommand(
  generation: number,
  text: string,
  changes: Partial<GenerateCommand> = {},
): GenerateCommand {
  const sampling = { temperature: 0, topP: 1, seed: 0 } as GenerateCommand['sampling'];
  const others = {
    logProbabilities: null,
    constraint: null,
    forced: null,
    watermark: null,
    markers: null,
    cacheScope: null,
  };
  const prompt = [{ text, special: false }];
  return { type: 'generate', generation, prompt, maxTokens: 8, sampling, ...others, ...changes };
}
