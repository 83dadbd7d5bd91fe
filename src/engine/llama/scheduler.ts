// Runs all generations of one context in lockstep (in the child process): each step takes one token of every decoding
// sequence and a chunk of the prompts still being read, in ascending sequence id, since llama.cpp reads the weights
// again for every break in that order. Not covered: who shares a batch may change its rounding and, rarely, a token.
import type { ControlledEvaluateInputItem, LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { seededRandom } from '../../base/index.ts';
import { batchTokens } from './prefill-chunk.ts';
import type { GenerateCommand, GenerationEvent } from './protocol.ts';
import { createTokenText } from './token-text.ts';

export type Scheduler = {
  /** Begins with the next step. @throws Error for an empty prompt or text that cannot be tokenised. */
  readonly start: (command: GenerateCommand) => void;
  /** Takes effect after the step that is being evaluated; a generation that has ended is left alone. */
  readonly abort: (generation: number) => void;
};

export type SchedulerOptions = {
  readonly model: LlamaModel;
  /** The sequence of each slot. */
  readonly sequences: readonly LlamaContextSequence[];
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  readonly prefillChunk: number;
  readonly emit: (event: GenerationEvent) => void;
};

type Generation = {
  readonly command: GenerateCommand;
  readonly sequence: LlamaContextSequence;
  readonly textOf: (token: Token) => string;
  /** At most this many completion tokens: maxTokens, or what the context still holds. */
  readonly limit: number;
  /** To be evaluated: the rest of the prompt, or the token chosen last. */
  pending: readonly Token[];
  completionTokens: number;
  aborted: boolean;
};

type StepOutcome = { readonly generation: Generation; readonly chosen?: Token; readonly fault?: string };

/** Sampling looks at this many of the likeliest tokens; sorting a vocabulary of 150,000 would cost 10 ms a token. */
const candidates = 1024;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { model, sequences, contextLength, prefillChunk, emit } = options;
  /** By slot, so that the order is that of the sequence ids. */
  const live: (Generation | undefined)[] = sequences.map(() => undefined);
  let running = false;

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (;;) {
      for (const generation of live) {
        if (generation?.aborted) await retire(generation, { type: 'aborted', generation: idOf(generation) });
      }
      const ready = live.filter((generation) => generation !== undefined);
      if (ready.length === 0) break;
      for (const outcome of await step(ready, prefillChunk)) await settle(outcome);
    }
    running = false;
  };

  const settle = async ({ generation, chosen, fault }: StepOutcome): Promise<void> => {
    const id = idOf(generation);
    if (fault !== undefined)
      return await retire(generation, { type: 'fault', generation: id, reason: fault });
    if (chosen === undefined || generation.aborted) return;
    const ended = model.isEogToken(chosen);
    if (!ended) {
      generation.pending = [chosen];
      generation.completionTokens++;
      emit({ type: 'token', generation: id, text: generation.textOf(chosen), id: chosen });
    }
    const { completionTokens, limit } = generation;
    if (ended || completionTokens === limit) {
      const reason = ended ? 'stop' : 'length';
      await retire(generation, { type: 'end', generation: id, reason, completionTokens });
    }
  };

  /** Nothing of a conversation stays in the sequence for the next one, who may be somebody else. */
  const retire = async (generation: Generation, last: GenerationEvent): Promise<void> => {
    live[generation.command.slot] = undefined;
    await generation.sequence.clearHistory();
    emit(last);
  };

  return {
    start: (command) => {
      const { generation, slot, prompt, maxTokens } = command;
      const tokens = prompt.flatMap(({ text, special }) => model.tokenize(text, special));
      if (tokens.length === 0) throw new Error('the prompt is empty');
      if (tokens.length >= contextLength) {
        emit({ type: 'too-long', generation, received: tokens.length, limit: contextLength });
        return;
      }
      emit({ type: 'prompt', generation, promptTokens: tokens.length });
      const limit = Math.min(maxTokens, contextLength - tokens.length);
      if (limit === 0) {
        emit({ type: 'end', generation, reason: 'length', completionTokens: 0 });
        return;
      }
      live[slot] = {
        command,
        sequence: sequences[slot]!,
        textOf: createTokenText((ids, before) => model.detokenize(ids, true, before)),
        limit,
        pending: tokens,
        completionTokens: 0,
        aborted: false,
      };
      void run();
    },
    abort: (generation) => {
      const found = live.find((candidate) => candidate !== undefined && idOf(candidate) === generation);
      if (found !== undefined) found.aborted = true;
    },
  };
}

function idOf(generation: Generation): number {
  return generation.command.generation;
}

/** One evaluation of all generations that fit into a batch: every decoding one, prompts with the room that is left. */
async function step(ready: readonly Generation[], prefillChunk: number): Promise<readonly StepOutcome[]> {
  const decoding = ready.filter(({ pending }) => pending.length === 1).length;
  let room = Math.max(1, Math.min(prefillChunk, batchTokens - decoding));
  const evaluations: Promise<StepOutcome>[] = [];
  for (const generation of ready) {
    const single = generation.pending.length === 1;
    const take = single ? 1 : Math.min(room, generation.pending.length);
    if (!single) room -= take;
    if (take > 0) evaluations.push(evaluate(generation, take));
  }
  return await Promise.all(evaluations);
}

async function evaluate(generation: Generation, take: number): Promise<StepOutcome> {
  const input: ControlledEvaluateInputItem[] = generation.pending.slice(0, take);
  generation.pending = generation.pending.slice(take);
  const complete = generation.pending.length === 0;
  if (complete) input[take - 1] = [input[take - 1] as Token, { generateNext: choice(generation) }];
  try {
    const outputs = await generation.sequence.controlledEvaluate(input);
    if (!complete) return { generation };
    const chosen = outputs[take - 1]?.next.token;
    if (chosen === undefined || chosen === null) return { generation, fault: 'the model chose no token' };
    return { generation, chosen };
  } catch (error) {
    return { generation, fault: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * How the next token is chosen. The runtime makes a new sampler for every call, so that each position needs a seed of
 * its own. 31 bits, because llama.cpp takes 2³² − 1 as a wish for an unpredictable one.
 */
function choice({ command, completionTokens }: Generation): {
  readonly token: true;
  readonly options: { temperature: number; topP: number; topK: number; seed: number };
} {
  const { temperature, topP, seed } = command;
  const drawn = temperature === 0 ? 0 : seededRandom(seed, completionTokens).integer(0, 2 ** 31 - 1);
  return { token: true, options: { temperature, topP, topK: candidates, seed: drawn } };
}
