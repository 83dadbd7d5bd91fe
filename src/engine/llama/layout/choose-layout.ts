// Chooses a layout by a short trial: the same work in each of the candidates, in turns, one part of the layout after the other. What
// the table says stays unless another value is clearly better, and where others used the machine nothing is concluded.
import { z } from 'zod';
import type { Clock, EngineLayout } from '../../../base/index.ts';
import type { ComparedLayout } from '../../../catalog/index.ts';
import { median } from '../row-cost.ts';
import { type LayoutAlternatives, layoutSchema } from './layout.ts';

export type LayoutTrial = {
  /**
   * Does the work and returns the milliseconds of its parts, always the same ones.
   * @param until the time of the monotonic clock behind which nothing more of it begins; undefined is returned then.
   */
  readonly work: (layout: EngineLayout, until: number) => readonly number[] | undefined;
  /** Called before work; the result says behind it whether others took of the machine meanwhile. */
  readonly watch: () => () => boolean;
  readonly clock: Clock;
};

export type LayoutChoice = {
  readonly usual: EngineLayout;
  readonly chosen: EngineLayout;
  /** Otherwise what is chosen is the usual one: others used the machine, or there was nothing to choose or no time for it. */
  readonly outcome: 'measured' | 'disturbed' | 'not-measured';
  readonly compared: readonly ComparedLayout[];
};

export const layoutChoiceSchema: z.ZodType<LayoutChoice> = z.strictObject({
  usual: layoutSchema,
  chosen: layoutSchema,
  outcome: z.enum(['measured', 'disturbed', 'not-measured']),
  compared: z
    .array(
      z.strictObject({ layout: layoutSchema, ratio: z.number().nonnegative(), rounds: z.int().positive() }),
    )
    .max(32),
});

/** No step of the work begins behind so much time. */
export const longestTrialMs = 6_000;
const leastRounds = 3;
const mostRounds = 7;
const mostDisturbed = 4;
/** Another layout has to be better by so much over all, and no part of the work worse by as much. */
const margin = 0.1;
/** What is better by so much, or no better at all, in each of the fewest rounds needs no further one. */
const clearMargin = 0.2;

/** What takes less is as long as this. */
const leastMs = 1e-6;

/** What takes so many times as long when it is first tried is not tried again. */
const farBehind = 4;

const order = ['attention', 'caches', 'threads'] as const;

export function chooseLayout(
  usual: EngineLayout,
  alternatives: LayoutAlternatives,
  trial: LayoutTrial,
): LayoutChoice {
  const until = trial.clock.monotonic() + longestTrialMs;
  const compared: ComparedLayout[] = [];
  let [best, isKnown] = [usual, false];
  for (const part of order) {
    const others = alternatives[part]
      .filter((value) => value !== best[part])
      .map((value) => ({ ...best, [part]: value }));
    if (others.length === 0) continue;
    const made = makeRounds(best, others, trial, until);
    if (made === 'disturbed') return notMeasured(usual, 'disturbed');
    if (made === 'too-slow') break;
    isKnown = true;
    const judged = made.others.map((layout, index) => ({ layout, ...judge(made.rounds, index + 1) }));
    compared.push(...judged.map(({ layout, ratio }) => ({ layout, ratio, rounds: made.rounds.length })));
    const better = judged.filter(({ isBetter }) => isBetter);
    best = better.toSorted((one, other) => one.ratio - other.ratio)[0]?.layout ?? best;
  }
  return isKnown
    ? { usual, chosen: best, outcome: 'measured', compared }
    : notMeasured(usual, 'not-measured');
}

export function notMeasured(
  usual: EngineLayout,
  outcome: Exclude<LayoutChoice['outcome'], 'measured'>,
): LayoutChoice {
  return { usual, chosen: usual, outcome, compared: [] };
}

/** Of each candidate the milliseconds of the parts of its work, the best one so far first. */
type Round = readonly (readonly number[])[];

/** @returns the rounds of the best one and of those others that are not left far behind. */
function makeRounds(
  best: EngineLayout,
  others: readonly EngineLayout[],
  { work, watch, clock }: LayoutTrial,
  until: number,
):
  | { readonly others: readonly EngineLayout[]; readonly rounds: readonly Round[] }
  | 'disturbed'
  | 'too-slow' {
  // What is done for the first time takes longer.
  const wasDisturbed = watch();
  const firstMs = total(work(best, until));
  const longest = (): number => Math.min(until, clock.monotonic() + farBehind * firstMs);
  const kept = others.filter((layout) => work(layout, longest()) !== undefined);
  if (clock.monotonic() > until) return 'too-slow';
  if (kept.length < others.length && wasDisturbed()) return 'disturbed';
  if (kept.length === 0) return { others: [], rounds: [] };
  const candidates = [best, ...kept];
  const rounds: Round[] = [];
  let disturbed = 0;
  while (rounds.length < mostRounds && !isClear(rounds, candidates.length)) {
    const round = makeRound(candidates, rounds.length + disturbed, { work, watch, clock }, until);
    if (round === 'too-slow') return rounds.length < leastRounds ? 'too-slow' : { others: kept, rounds };
    if (round !== 'disturbed') rounds.push(round);
    else if (++disturbed > mostDisturbed) return 'disturbed';
  }
  return { others: kept, rounds };
}

/** @param first the number of the candidate that goes first. */
function makeRound(
  candidates: readonly EngineLayout[],
  first: number,
  { work, watch }: LayoutTrial,
  until: number,
): Round | 'disturbed' | 'too-slow' {
  const wasDisturbed = watch();
  const times = new Map<number, readonly number[]>();
  for (let turn = 0; turn < candidates.length; turn++) {
    const index = (turn + first) % candidates.length;
    const taken = work(candidates[index] as EngineLayout, until);
    if (taken === undefined) return 'too-slow';
    times.set(index, taken);
  }
  return wasDisturbed() ? 'disturbed' : candidates.map((_, index) => times.get(index) as readonly number[]);
}

function total(times: readonly number[] = []): number {
  return times.reduce((sum, one) => sum + one, 0);
}

function isClear(rounds: readonly Round[], candidates: number): boolean {
  if (rounds.length < leastRounds) return false;
  return Array.from({ length: candidates - 1 }, (_, index) => index + 1).every((index) => {
    const ratios = rounds.map((round) => judge([round], index).ratio);
    return ratios.every((ratio) => ratio <= 1 - clearMargin) || ratios.every((ratio) => ratio >= 1);
  });
}

function judge(
  rounds: readonly Round[],
  index: number,
): { readonly ratio: number; readonly isBetter: boolean } {
  const typical = (candidate: number, part: number): number =>
    Math.max(leastMs, median(rounds.map((round) => round[candidate]?.[part] ?? 0)));
  const ratios = (rounds[0]?.[0] ?? []).map((_, part) => typical(index, part) / typical(0, part));
  const ratio = Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length);
  return { ratio, isBetter: ratio <= 1 - margin && ratios.every((one) => one <= 1 + margin) };
}
