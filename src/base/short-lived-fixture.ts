// Run as a program of its own with --expose-gc and the name of a kind of collection: prints how many bytes of old objects it keeps of
// members that have left, ten times. In a process where other tests have run, or another kind, V8 has learned from their
// objects where it allocates the next ones.
import { getHeapSpaceStatistics } from 'node:v8';
import { createLinkedList } from './linked-list.ts';
import { lookUp } from './look-up.ts';
import { createShortLivedMap } from './short-lived-map.ts';

const live = 32;
const passing = 30_000;
const itemNumbers = 200;

/** Bytes of old objects that were added while items passed through, with `live` of them at a time. */
function keptBy(add: (item: object) => () => void): number {
  const collect = globalThis.gc as (options?: { readonly type: 'minor' }) => void;
  const leaves: (() => void)[] = [];
  const pass = (count: number): void => {
    for (let made = 0; made < count; made++) {
      leaves[made % live]?.();
      leaves[made % live] = add({ numbers: new Array<number>(itemNumbers).fill(made) });
    }
  };
  pass(live);
  // What is there now becomes old.
  for (let time = 0; time < 3; time++) collect({ type: 'minor' });
  collect();
  const before = oldBytes();
  pass(passing);
  return oldBytes() - before;
}

function oldBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => space_name === 'old_space');
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

let names = 0;
const named = (): string => `item ${names++}`;

/** Of each kind, what adds an item and gives a function that takes it away. */
const kinds: Readonly<Record<string, () => (item: object) => () => void>> = {
  list: () => {
    const list = createLinkedList<object>();
    return (item) => {
      const node = list.add(item);
      return () => list.remove(node);
    };
  },
  set: () => {
    const set = new Set<object>();
    return (item) => {
      set.add(item);
      return () => set.delete(item);
    };
  },
  'short-lived-map': () => {
    const map = createShortLivedMap<string, object>();
    return (item) => {
      const name = named();
      map.set(name, item);
      return () => map.take(name);
    };
  },
  map: () => {
    const map = new Map<string, object>();
    return (item) => {
      const name = named();
      map.set(name, item);
      return () => map.delete(name);
    };
  },
};

const add = lookUp(kinds, process.argv[2] ?? '')?.();
if (add === undefined) throw new RangeError(`a fixture of ${Object.keys(kinds).join(', ')}`);
const kept = Array.from({ length: 10 }, () => keptBy(add));
process.stdout.write(JSON.stringify({ passing, kept }));
