import { expect, test } from 'vitest';
import { createSignalFollowers } from './signal-followers.ts';

test('those that follow a signal when it aborts are aborted with its reason, once', () => {
  const { follow } = createSignalFollowers();
  const [withdrawn, other] = [new AbortController(), new AbortController()];
  const told: string[] = [];
  const follower = (name: string) => ({ abort: (reason: unknown) => void told.push(`${name}: ${reason}`) });
  const [one, two, three, elsewhere] = ['one', 'two', 'three', 'elsewhere'].map(follower) as [
    ...Parameters<typeof follow>[1][],
  ];
  follow(withdrawn.signal, one!);
  const left = follow(withdrawn.signal, two!);
  follow(withdrawn.signal, three!);
  follow(other.signal, elsewhere!);
  follow(undefined, elsewhere!)[Symbol.dispose]();
  left[Symbol.dispose]();
  withdrawn.abort('withdrawn');
  expect(told).toEqual(['one: withdrawn', 'three: withdrawn']);
  follow(withdrawn.signal, two!)[Symbol.dispose]();
  expect(told.at(-1)).toBe('two: withdrawn');
});

test('a follower that leaves while the others are told is not told, and what comes and goes leaves one listener', () => {
  const { follow } = createSignalFollowers();
  const controller = new AbortController();
  let listeners = 0;
  const add = controller.signal.addEventListener.bind(controller.signal);
  controller.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  for (let request = 0; request < 1000; request++)
    follow(controller.signal, { abort: () => {} })[Symbol.dispose]();
  let told = 0;
  let next: Disposable | undefined;
  follow(controller.signal, { abort: () => next?.[Symbol.dispose]() });
  next = follow(controller.signal, { abort: () => void told++ });
  controller.abort();
  expect([listeners, told]).toEqual([1, 0]);
});
