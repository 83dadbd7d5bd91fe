// Run as a program of its own with --expose-gc: prints how many bytes of old objects a list and a set keep of members that have
// left. In a process where other tests have run, V8 has learned from their objects where it allocates the next ones.
import { getHeapSpaceStatistics } from 'node:v8';
import { createLinkedList } from './linked-list.ts';

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

// The list first: where V8 has seen objects grow old, it allocates the next ones among the old.
const list = createLinkedList<object>();
const byList = keptBy((item) => {
  const node = list.add(item);
  return () => list.remove(node);
});
const set = new Set<object>();
// All memory may be collected in the middle of one of them.
const bySet = Array.from({ length: 3 }, () =>
  keptBy((item) => {
    set.add(item);
    return () => set.delete(item);
  }),
);
process.stdout.write(JSON.stringify({ byList, bySet: Math.max(...bySet) }));
