// Which trials a criterion needs, in which order. Clusters stay together and take the categories in turn, both in
// random order, so that trials may stop after any cluster: each round is a sample of every category.
import type { Random } from '../../base/index.ts';
import type { Item } from '../terms/trial.ts';
import { type Criterion, itemsOf } from './policy.ts';

export type PlannedTrial = {
  readonly index: number;
  readonly item: Item;
  readonly attack: string;
  /** @see Observation.clusterSize */
  readonly clusterSize: number;
};

/**
 * Every item of the criterion under each of its attacks, in as many complete clusters as its maximum of trials allows.
 *
 * @param isReserved whether a trial serves something else; its cluster is then left out, and the order of the others stays
 */
export function planTrials(
  criterion: Criterion,
  items: readonly Item[],
  random: Random,
  isReserved: (item: Item, attack: string) => boolean = () => false,
): readonly PlannedTrial[] {
  const { attacks } = criterion;
  const clusters = [...Map.groupBy(itemsOf(criterion, items), ({ cluster }) => cluster).values()];
  const byCategory = Map.groupBy(random.shuffle(clusters), ([first]) => (first as Item).category);
  const queues = random.shuffle([...byCategory.values()]);
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const planned: PlannedTrial[] = [];
  for (let round = 0; round < longest; round++) {
    for (const queue of random.shuffle(queues)) {
      const cluster = queue[round] ?? [];
      if (cluster.some((item) => attacks.some((attack) => isReserved(item, attack)))) continue;
      const clusterSize = cluster.length * attacks.length;
      if (planned.length + clusterSize > criterion.maximumTrials) return planned;
      for (const item of cluster)
        for (const attack of attacks) planned.push({ index: planned.length, item, attack, clusterSize });
    }
  }
  return planned;
}
