import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLinkedList, type ListNode } from './linked-list.ts';
import { keptOfMembers } from './short-lived-testing.ts';

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

test('what leaves before its turn is not visited, nor what comes meanwhile', () => {
  const list = createLinkedList<string>();
  const nodes = ['a', 'b', 'c', 'd'].map((item) => list.add(item));
  const visited: string[] = [];
  list.forEach((item) => {
    visited.push(item);
    if (item === 'b') for (const left of [1, 2]) list.remove(nodes[left]!);
    if (item === 'a') list.add('e');
  });
  expect(visited).toEqual(['a', 'b', 'd']);
  expect([...list]).toEqual(['a', 'd', 'e']);
});

/** What V8 does is found out here: should the set keep nothing one day, the list has lost its reason. */
test('members that come and go are kept among the old objects by a set and not by a list', () => {
  expect(keptOfMembers('list')).toBeLessThan(4);
  expect(keptOfMembers('set')).toBeGreaterThan(400);
});
