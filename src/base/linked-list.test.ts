import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLinkedList, type ListNode } from './linked-list.ts';

describe('a linked list', () => {
  test('holds what a set would hold, in the same order', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.nat()));
    fc.assert(
      fc.property(steps, (all) => {
        const list = createLinkedList<number>();
        const expected = new Set<number>();
        const nodes: ListNode<number>[] = [];
        for (const [number, step] of all.entries()) {
          if (step === 'add') {
            nodes.push(list.add(number));
            expected.add(number);
          } else if (nodes.length > 0) {
            const node = nodes[step % nodes.length] as ListNode<number>;
            expect(list.remove(node)).toBe(expected.delete(node.item));
          }
          expect(list.size()).toBe(expected.size);
          expect([...list]).toEqual([...expected]);
        }
      }),
    );
  });

  test('removes nothing that is in another list', () => {
    const [one, other] = [createLinkedList<string>(), createLinkedList<string>()];
    const node = one.add('a');
    other.add('b');
    expect(other.remove(node)).toBe(false);
    expect([...one]).toEqual(['a']);
  });
});

/** What V8 does is found out here: should the set keep nothing one day, the list has lost its reason. */
describe('members that come and go are kept among the old objects', () => {
  const live = 32;
  const passing = 30_000;
  const itemNumbers = 200;

  /** Bytes of old objects that were added while items passed through, with `live` of them at a time. */
  function keptBy(add: (item: object) => () => void): number {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
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

  test('by a set and not by a list', () => {
    // The list first: where V8 has seen objects grow old, it allocates the next ones among the old.
    const list = createLinkedList<object>();
    const byList = keptBy((item) => {
      const node = list.add(item);
      return () => list.remove(node);
    });
    expect(byList).toBeLessThan(1e6);
    const set = new Set<object>();
    const bySet = Array.from({ length: 3 }, () =>
      keptBy((item) => {
        set.add(item);
        return () => set.delete(item);
      }),
    );
    // All memory may have been collected in the middle of one of them.
    expect(Math.max(...bySet)).toBeGreaterThan(3e6);
  });
});

function oldBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name }) => /^old_space$/.test(space_name));
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}
