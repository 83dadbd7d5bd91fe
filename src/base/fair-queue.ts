// A queue that parties share by the cost of what they want done: the next item is one of the party that has had least, and
// of its items the one that would end first if all of them shared the server (fair queueing in virtual time), so that what
// is cheap soon overtakes what is dear, which is overtaken for a bounded time only.

export type FairQueue<Item> = {
  /** @param cost above 0, in any unit that all items share. */
  readonly push: (party: string, cost: number, item: Item) => void;
  /** The next item, in time linear in what waits. */
  readonly shift: () => Item | undefined;
  /** Items that wait, of one party or of all. */
  readonly waiting: (party?: string) => number;
  /** Parties of which something waits. */
  readonly parties: () => number;
};

type Waiting<Item> = { readonly item: Item; readonly cost: number; readonly ends: number };
type Party<Item> = { had: number; virtualTime: number; readonly items: Waiting<Item>[] };

/**
 * @example
 * import { createFairQueue } from './src/base/index.ts';
 * const queue = createFairQueue<string>();
 * for (const item of ['dear', 'dearer']) queue.push('a', 10, item);
 * queue.push('a', 1, 'cheap');
 * queue.push('b', 10, 'other');
 * [queue.shift(), queue.shift(), queue.shift()]; // → ['cheap', 'other', 'dear']
 */
export function createFairQueue<Item>(): FairQueue<Item> {
  const parties = new Map<string, Party<Item>>();
  /** What the party that was served last had had by then: where one that comes anew begins. */
  let had = 0;
  let count = 0;

  const next = (): Party<Item> | undefined => {
    let least: Party<Item> | undefined;
    for (const [name, party] of parties) {
      if (party.items.length > 0) {
        if (least === undefined || party.had < least.had) least = party;
      } else if (party.had <= had) parties.delete(name);
    }
    return least;
  };

  return {
    push: (name, cost, item) => {
      const party = parties.get(name) ?? { had, virtualTime: 0, items: [] };
      parties.set(name, party);
      if (party.items.length === 0) party.had = Math.max(party.had, had);
      party.items.push({ item, cost, ends: party.virtualTime + cost });
      count++;
    },
    shift: () => {
      const party = next();
      if (party === undefined) return undefined;
      const { items } = party;
      let first = 0;
      for (const [place, { ends }] of items.entries())
        if (ends < (items[first] as Waiting<Item>).ends) first = place;
      had = party.had;
      party.virtualTime += (items[first] as Waiting<Item>).cost / items.length;
      const [{ cost, item }] = items.splice(first, 1) as [Waiting<Item>];
      party.had += cost;
      count--;
      return item;
    },
    waiting: (name) => (name === undefined ? count : (parties.get(name)?.items.length ?? 0)),
    parties: () => [...parties.values()].filter(({ items }) => items.length > 0).length,
  };
}
