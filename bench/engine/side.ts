// What the engine bench compares: sides that run prompts at the same time and say how fast they were.
import { readFileSync } from 'node:fs';
import type { PromptPiece } from '../../src/formats/index.ts';
import type { ComparedSide } from './compare.ts';

export type Workload = {
  /** One sequence a prompt, all at the same time, greedy. */
  readonly prompts: readonly (readonly PromptPiece[])[];
  /** Each at most; a model that ends its turn gives fewer, the same on every side. */
  readonly maxTokens: number;
};

export type Measured = { readonly tokens: number; readonly milliseconds: number };

export type Side = AsyncDisposable &
  ComparedSide & { readonly run: (workload: Workload) => Promise<Measured> };

/** A side that is asked how long somebody waits. */
export type WaitingSide = AsyncDisposable &
  ComparedSide & {
    /**
     * Milliseconds until the first token behind a text.
     * @param conversation what it may use again of earlier texts; absent: nothing.
     */
    readonly firstToken: (text: string, conversation?: string) => Promise<number>;
  };

/** Sequences of a context, on every side. */
export const sequences = 16;
/** Tokens a sequence holds, on every side. */
export const contextLength = 512;

const ticksPerSecond = 100;

/** Processor time of another process, user and system, in steps of 10 ms; null on systems without /proc. */
export function cpuMillisecondsOf(processId: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return null;
  }
}
