// Embeds texts in the child process, one after the other, in a context of its own that is made for the first one. A text
// is read in parts, between the steps of generations.
import { reasonOf } from '../../base/index.ts';
import type { NativeContext } from './ffi/context.ts';
import type { Vocabulary } from './ffi/model.ts';
import { leastTokens } from './prompt-pace.ts';
import type { EmbedCommand, GenerationEvent } from './protocol.ts';

export type Embedder = {
  readonly start: (command: EmbedCommand) => void;
  /** Takes effect before the next part; a text that is done is left alone. */
  readonly abort: (generation: number) => void;
  /** Evaluates one part, a small one where generations wait for it. False where there was none. */
  readonly step: (shared: boolean) => boolean;
};

export type EmbedderOptions = {
  readonly vocabulary: Vocabulary;
  /** Gives hidden states. Called once, with the first text. @throws Error */
  readonly open: () => Pick<NativeContext, 'add' | 'decode' | 'lastState' | 'cut'>;
  /** Most tokens of a text. */
  readonly contextLength: number;
  /** Most tokens of a part. */
  readonly batch: number;
  readonly emit: (event: GenerationEvent) => void;
};

type Job = { readonly generation: number; readonly tokens: readonly number[]; read: number };

export function createEmbedder({ vocabulary, open, contextLength, batch, emit }: EmbedderOptions): Embedder {
  let jobs: readonly Job[] = [];
  let context: ReturnType<EmbedderOptions['open']> | undefined;

  /** What came of the job, if it is done. */
  const read = (job: Job, most: number): GenerationEvent | undefined => {
    const { generation, tokens } = job;
    context ??= open();
    if (job.read === 0) context.cut(0, 0);
    const to = Math.min(tokens.length, job.read + most);
    context.add(0, job.read, tokens, job.read, to, 'all');
    if (context.decode() === 'aborted') {
      if (job.read > 0 && !context.cut(0, job.read)) job.read = 0;
      return undefined;
    }
    job.read = to;
    if (to < tokens.length) return undefined;
    return { type: 'embedding', generation, vector: context.lastState(), tokens: tokens.length };
  };

  return {
    start: ({ generation, text }) => {
      const tokens = framed(vocabulary, vocabulary.tokenize(text, false));
      if (tokens.length > contextLength)
        emit({ type: 'too-long', generation, received: tokens.length, limit: contextLength });
      else jobs = [...jobs, { generation, tokens, read: 0 }];
    },
    abort: (generation) => {
      const job = jobs.find((candidate) => candidate.generation === generation);
      if (job === undefined) return;
      jobs = jobs.filter((other) => other !== job);
      emit({ type: 'aborted', generation });
    },
    step: (shared) => {
      const [job] = jobs;
      if (job === undefined) return false;
      let outcome: GenerationEvent | undefined;
      try {
        outcome = read(job, shared ? Math.min(leastTokens, batch) : batch);
      } catch (error) {
        const reason = reasonOf(error);
        outcome = { type: 'fault', generation: job.generation, reason };
      }
      if (outcome === undefined) return true;
      jobs = jobs.filter((other) => other !== job);
      emit(outcome);
      return true;
    },
  };
}

/** With the tokens that begin and end a text, where the model wants them; one token at least. */
function framed({ begin, end, filler }: Vocabulary, text: readonly number[]): readonly number[] {
  const all = [...(begin === null ? [] : [begin]), ...text, ...(end === null ? [] : [end])];
  return all.length > 0 ? all : [filler];
}
