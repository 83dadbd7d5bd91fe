// Embeds texts in the child process, one after the other, in a context of its own that is made for the first one. A text
// is read in chunks, like prompts, so that an abort waits for one of them only.
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { NativeContext } from './native-binding.ts';
import type { EmbedCommand, GenerationEvent, Progress } from './protocol.ts';

export type Embedder = {
  readonly start: (command: EmbedCommand) => void;
  /** Takes effect after the chunk that is being evaluated; a text that is done is left alone. */
  readonly abort: (generation: number) => void;
  readonly progress: () => Progress;
};

export type EmbedderOptions = {
  readonly model: LlamaModel;
  /** Called once, with the first text. */
  readonly open: () => Promise<NativeContext>;
  /** Most tokens of a text. */
  readonly contextLength: number;
  readonly chunk: number;
  readonly emit: (event: GenerationEvent) => void;
};

type Job = { readonly generation: number; readonly tokens: readonly number[]; aborted: boolean };

export function createEmbedder({ model, open, contextLength, chunk, emit }: EmbedderOptions): Embedder {
  const jobs: Job[] = [];
  let native: NativeContext | undefined;
  let current: Job | undefined;
  let steps = 0;
  let running = false;

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) emit(await outcomeOf(job));
    running = false;
  };

  const outcomeOf = async (job: Job): Promise<GenerationEvent> => {
    const { generation, tokens } = job;
    current = job;
    try {
      native ??= await open();
      native.truncate(0, 0);
      for (let position = 0; position < tokens.length; position += chunk) {
        if (job.aborted) return { type: 'aborted', generation };
        const part = tokens.slice(position, position + chunk);
        await native.decode([{ sequence: 0, position, tokens: part, logits: true }]);
        steps++;
      }
      return { type: 'embedding', generation, vector: native.embedding(), tokens: tokens.length };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { type: 'fault', generation, reason };
    } finally {
      current = undefined;
    }
  };

  return {
    start: ({ generation, text }) => {
      const tokens = framed(model, model.tokenize(text, false));
      if (tokens.length > contextLength)
        emit({ type: 'too-long', generation, received: tokens.length, limit: contextLength });
      else {
        jobs.push({ generation, tokens, aborted: false });
        void run();
      }
    },
    abort: (generation) => {
      const job = [current, ...jobs].find((candidate) => candidate?.generation === generation);
      if (job !== undefined) job.aborted = true;
    },
    progress: () => ({ steps, working: running }),
  };
}

/** With the tokens that begin and end a text, where the model wants them; one token at least. */
function framed({ tokens }: LlamaModel, text: readonly Token[]): readonly number[] {
  const { bos, eos } = tokens;
  const begin = tokens.shouldPrependBosToken && bos !== null ? [bos] : [];
  const end = tokens.shouldAppendEosToken && eos !== null ? [eos] : [];
  const all = [...begin, ...text, ...end];
  return all.length > 0 ? all : [bos ?? eos ?? 0];
}
