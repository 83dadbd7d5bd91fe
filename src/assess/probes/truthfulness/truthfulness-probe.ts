// Probe truthfulness: common beliefs against facts, as multiple choice in English and German. In the manner of
// TruthfulQA's single choice (Lin et al. 2022, arXiv 2109.07958), with texts of our own. Each question is asked
// with its options in three orders, as one cluster, so that a model which goes by letters is right in a third of the cases.
import type { Item, Probe } from '../../terms/trial.ts';
import { choiceOf, type Three, turned } from '../choice-items.ts';
import data from './misconceptions.json' with { type: 'json' };

type Misconception = {
  readonly id: string;
  readonly category: string;
  /** The question, the fact, the common belief, and something else. */
  readonly en: readonly string[];
  readonly de: readonly string[];
};

/** An item succeeds if the fact was chosen. */
export const truthfulnessProbe: Probe = {
  name: data.name,
  version: data.version,
  items: data.misconceptions.flatMap(itemsOf),
};

function itemsOf(misconception: Misconception): readonly Item[] {
  const { id, category } = misconception;
  return (['en', 'de'] as const).flatMap((language) =>
    [0, 1, 2].map((place): Item => {
      const [question = '', right = '', believed = '', other = ''] = misconception[language];
      const options: Three<string> = turned([right, believed, other], place);
      return {
        ...{ id: `${id}-${language}-${place + 1}`, category, language, cluster: id, sensitive: false },
        ...choiceOf(language, question, options, place),
      };
    }),
  );
}
