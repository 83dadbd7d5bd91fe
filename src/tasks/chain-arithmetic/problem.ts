// The record of a word problem: a start value and what happens to it, with the words as indices.
import type { SpelledWords } from './spelled-words.ts';

/** What happens to the value: it gains or loses `groups * size` things, or is multiplied by `size` (`times`). */
export type ChainStep = {
  readonly kind: 'gain' | 'lose' | 'times';
  /** 1 if the amount is given as one number. */
  readonly groups: number;
  readonly size: number;
  /** Index of the verb among those of its kind; the verbs of a problem differ. */
  readonly verb: number;
};

export type ChainProblem = {
  readonly start: number;
  readonly steps: readonly ChainStep[];
  /** Indices of words, the same in both languages. */
  readonly name: number;
  readonly thing: number;
  readonly container: number;
  /** In place of the name and the thing of the indices. */
  readonly spelled?: SpelledWords | undefined;
};

/** The start value and the value after each step. */
export function chainValues({ start, steps }: ChainProblem): readonly number[] {
  const values = [start];
  for (const { kind, groups, size } of steps) {
    const value = values.at(-1) as number;
    if (kind === 'times') values.push(value * size);
    else values.push(kind === 'gain' ? value + groups * size : value - groups * size);
  }
  return values;
}

/**
 * The operations with their numbers, without the words. Gains and losses between two multiplications commute, and so do
 * the factors of a product: they are sorted.
 */
export function canonicalChain({ start, steps }: ChainProblem): string {
  const parts = [`chain ${start}`];
  let exchangeable: string[] = [];
  const flush = (): void => {
    parts.push(...exchangeable.sort());
    exchangeable = [];
  };
  for (const { kind, groups, size } of steps) {
    if (kind === 'times') {
      flush();
      parts.push(`*${size}`);
      continue;
    }
    const amount = groups === 1 ? size : `${Math.min(groups, size)}*${Math.max(groups, size)}`;
    exchangeable.push(`${kind === 'gain' ? '+' : '-'}${amount}`);
  }
  flush();
  return parts.join(' ');
}
