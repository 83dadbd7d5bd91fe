// The work by which layouts are compared: a prompt is read, one sequence decodes, several decode together. Each is done as often as
// it takes for a clock to tell, as often in every layout.
import type { Clock, EngineLayout } from '../../../base/index.ts';
import type { NativeContext } from '../ffi/context.ts';
import type { LayoutTrial } from './choose-layout.ts';
import { describeLayout } from './layout.ts';

export type WorkContext = Pick<NativeContext, 'add' | 'decode' | 'cut' | 'copy'>;

/** Those who decode together, and behind them the one that decodes alone. */
const together = 4;
const promptTokens = 64;
/** Of a context for the work. */
export const workSize: {
  readonly sequences: number;
  readonly contextLength: number;
  readonly batch: number;
  readonly outputs: number;
} = { sequences: together + 1, contextLength: 256, batch: 128, outputs: together + 1 };
/** A part takes at least so long in the first layout. */
const leastMs = 15;
const mostRepeats = 256;
/** How often each part is looked at to know how long it takes. */
const looks = 3;

/** @param open of `workSize`, in a layout. */
export function createLayoutWork(
  open: (layout: EngineLayout) => WorkContext,
  vocabularySize: number,
  clock: Clock,
): LayoutTrial['work'] {
  const contexts = new Map<string, WorkContext>();
  const tokens = Array.from({ length: promptTokens + 1 }, (_, index) => (7 * index) % vocabularySize);
  let repeats: readonly number[] | undefined;
  const contextIn = (layout: EngineLayout): WorkContext => {
    const known = contexts.get(describeLayout(layout));
    if (known !== undefined) return known;
    const context = open(layout);
    readPrompt(context, tokens);
    for (let sequence = 0; sequence < together; sequence++)
      if (!context.copy(sequence, together)) throw new Error('a sequence cannot be copied');
    contexts.set(describeLayout(layout), context);
    return context;
  };
  return (layout, until) => {
    if (clock.monotonic() > until) return undefined;
    const context = contextIn(layout);
    const parts = [
      () => readPrompt(context, tokens),
      () => decode(context, tokens, together, together + 1),
      () => decode(context, tokens, 0, together),
    ];
    const timed = (part: () => void, count: number): number => {
      const started = clock.monotonic();
      for (let turn = 0; turn < count && clock.monotonic() <= until; turn++) part();
      return clock.monotonic() - started;
    };
    repeats ??= parts.map((part) => repeatsFor(Array.from({ length: looks }, () => timed(part, 1))));
    const times = parts.map((part, index) => timed(part, repeats?.[index] ?? 1));
    return clock.monotonic() > until ? undefined : times;
  };
}

/** @param times of the part when it was made once. The least of them is the one that nothing disturbed. */
function repeatsFor(times: readonly number[]): number {
  return Math.min(mostRepeats, Math.ceil(leastMs / Math.max(Math.min(...times), leastMs / mostRepeats)));
}

/** In the sequence that is alone, from its begin. */
function readPrompt(context: WorkContext, tokens: readonly number[]): void {
  context.cut(together, 0);
  context.add(together, 0, tokens, 0, promptTokens, 'last');
  context.decode();
}

/** One token behind the prompt of each sequence from one to before another, taken back afterwards. */
function decode(context: WorkContext, tokens: readonly number[], from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence++)
    context.add(sequence, promptTokens, tokens, promptTokens, promptTokens + 1, 'last');
  context.decode();
  for (let sequence = from; sequence < to; sequence++) context.cut(sequence, promptTokens);
}
