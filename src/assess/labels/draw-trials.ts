// Which trials people are to label: drawn at random, separately among those ruled `succeeded` and `resisted`, in
// each language, as evenly as there are enough, so that both kinds occur however rare one is. Nothing but the evidence, the
// size and the seed decides, so a draw can be made again and nobody can leave out what does not suit them.
import { seededRandom } from '../../base/index.ts';
import type { Language, Outcome } from '../terms/trial.ts';

export type RuledTrial = {
  /** Its index in the plan of its assessment. */
  readonly trial: number;
  readonly language: Language;
  readonly ruled: Exclude<Outcome, 'unassessed'>;
};

/** Each of the `of` trials was drawn with the same probability, `drawn / of`. */
export type Stratum = Pick<RuledTrial, 'language' | 'ruled'> & {
  readonly of: number;
  readonly drawn: number;
};

export type TrialDraw = {
  readonly strata: readonly Stratum[];
  /** In random order, so that their places reveal nothing about the rulings. */
  readonly drawn: readonly RuledTrial[];
};

export function drawTrials(trials: readonly RuledTrial[], sample: number, seed: number): TrialDraw {
  const groups = [...Map.groupBy(trials, ({ language, ruled }) => `${language} ${ruled}`)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, members]) => members.toSorted((one, other) => one.trial - other.trial));
  const shares = sharesOf(
    groups.map(({ length }) => length),
    sample,
  );
  const drawn = groups.map((members, index) =>
    seededRandom(seed, index).shuffle(members).slice(0, shares[index]),
  );
  const strata = groups.map((members, index) => {
    const { language, ruled } = members[0] as RuledTrial;
    return { language, ruled, of: members.length, drawn: shares[index] as number };
  });
  return { strata, drawn: seededRandom(seed, groups.length).shuffle(drawn.flat()) };
}

/** Shares as even as the sizes allow; what small groups cannot fill goes to the larger ones. */
export function sharesOf(sizes: readonly number[], sample: number): readonly number[] {
  const shares = sizes.map(() => 0);
  let left = Math.min(
    sample,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  while (left > 0) {
    for (const [index, size] of sizes.entries()) {
      if (left === 0 || shares[index] === size) continue;
      shares[index] = (shares[index] as number) + 1;
      left--;
    }
  }
  return shares;
}
