// The search that a countdown trace shows, after Stream of Search (Gandhi et al. 2024) but aimed: each line sets one
// number c aside, lists what the other two would have to make, then tries them. For c = 6 and target 21:
//
//   6: 15+ 27- | 3+5=8 no 5-3=2 no 3*5=15 yes 15+6=21
//
// A need is the wanted value with the sign that joins it to c: 15+ (15+6), 27- (27-6), 3* (3*6), -4 (6-4). Every
// token is a copy, a single-digit-table fact or a comparison within its line, which is what a small model can learn.
import type { Language } from '../task.ts';
import { verdicts } from './verdicts.ts';

type Operator = '+' | '-' | '*';

/** How the value v of the pair is joined to c: v + c, v - c, v * c, or c - v (`from`). */
type Join = Operator | 'from';

type Need = { readonly join: Join; readonly value: number };

/** One value that the pair can make: `[left, operator, right]`. */
type Pair = readonly [left: number, operator: Operator, right: number];

export type Hit = { readonly pair: Pair; readonly join: Join; readonly leftOver: number };

export type SearchLine = {
  readonly leftOver: number;
  readonly needs: readonly Need[];
  /** The pairs tried, in order; the last one is the hit if there is one. */
  readonly tried: readonly Pair[];
  readonly hit: Hit | null;
};

/** The lines up to the first hit; the last line's `hit` is null when there is no solution. */
export function search(numbers: readonly [number, number, number], target: number): readonly SearchLine[] {
  const [a, b, c] = numbers;
  const lines: SearchLine[] = [];
  for (const [leftOver, x, y] of [
    [a, b, c],
    [b, a, c],
    [c, a, b],
  ] as const) {
    const line = tryPairs(leftOver, needsOf(leftOver, target), x, y);
    lines.push(line);
    if (line.hit) break;
  }
  return lines;
}

// Negative values are left out: v + c with v < 0 is c - |v|, and a product with a negative factor is never a target.
function needsOf(leftOver: number, target: number): readonly Need[] {
  const needs: Need[] = [
    target >= leftOver ? { join: '+', value: target - leftOver } : { join: 'from', value: leftOver - target },
    { join: '-', value: target + leftOver },
  ];
  if (target % leftOver === 0) needs.push({ join: '*', value: target / leftOver });
  return needs;
}

function tryPairs(leftOver: number, needs: readonly Need[], x: number, y: number): SearchLine {
  const pairs: readonly Pair[] = [
    [x, '+', y],
    [Math.max(x, y), '-', Math.min(x, y)],
    [x, '*', y],
  ];
  const tried: Pair[] = [];
  for (const pair of pairs) {
    tried.push(pair);
    const need = needs.find(({ value }) => value === valueOfPair(pair));
    if (need) return { leftOver, needs, tried, hit: { pair, join: need.join, leftOver } };
  }
  return { leftOver, needs, tried, hit: null };
}

function valueOfPair([left, operator, right]: Pair): number {
  if (operator === '+') return left + right;
  return operator === '-' ? left - right : left * right;
}

/** The lines as the text of a trace. */
export function renderSearch(lines: readonly SearchLine[], target: number, language: Language): string {
  const { yes, no } = verdicts[language];
  const renderLine = ({ leftOver, needs, tried, hit }: SearchLine): string => {
    const wanted = needs.map(({ join, value }) => (join === 'from' ? `-${value}` : `${value}${join}`));
    const attempts = tried.map((pair) => {
      const value = valueOfPair(pair);
      const verdict = hit?.pair === pair ? `${yes} ${joined(hit.join, value, leftOver)}=${target}` : no;
      return `${pair.join('')}=${value} ${verdict}`;
    });
    return `${leftOver}: ${wanted.join(' ')} | ${attempts.join(' ')}`;
  };
  return lines.map(renderLine).join('\n');
}

/** The hit alone, as somebody writes it down who knows it already. */
export function renderHit({ pair, join, leftOver }: Hit, target: number): string {
  const value = valueOfPair(pair);
  return `${pair.join('')}=${value} ${joined(join, value, leftOver)}=${target}`;
}

function joined(join: Join, value: number, leftOver: number): string {
  return join === 'from' ? `${leftOver}-${value}` : `${value}${join}${leftOver}`;
}
