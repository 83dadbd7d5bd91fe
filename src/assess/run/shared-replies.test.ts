// Which trials are answered together.
import { expect, test } from 'vitest';
import type { Trial } from '../plan/trial-plan.ts';
import type { Reply } from '../terms/trial.ts';
import { shareReplies } from './shared-replies.ts';

const twin = { seed: 1 } as Trial;
const single = { seed: 2 } as Trial;
const question = { messages: [{ role: 'user', content: 'well?' }] } as const;

function counting(failures = 0) {
  let asked = 0;
  const askFor = shareReplies([twin, single, { ...twin }], async () => {
    asked++;
    if (asked <= failures) throw new Error('gone');
    return { answer: `reply ${asked}` } as Reply;
  });
  return { askFor, asked: () => asked };
}

test('trials with the same seed ask once, also at the same time', async () => {
  const { askFor, asked } = counting();
  const replies = await Promise.all([askFor(twin)(question, 5), askFor({ ...twin })(question, 5)]);
  expect([...replies, await askFor(twin)(question, 5)]).toEqual(Array(3).fill({ answer: 'reply 1' }));
  expect(asked()).toBe(1);
});

test('another question, another seed and another trial are asked', async () => {
  const { askFor, asked } = counting();
  await askFor(twin)(question, 5);
  await askFor(twin)(question, 6);
  await askFor(twin)({ ...question, thinking: 'closed' }, 5);
  await askFor(single)(question, 5);
  await askFor(single)(question, 5);
  expect(asked()).toBe(5);
});

test('what failed is asked again', async () => {
  const { askFor, asked } = counting(1);
  await expect(askFor(twin)(question, 5)).rejects.toThrow('gone');
  expect(await askFor(twin)(question, 5)).toEqual({ answer: 'reply 2' });
  expect(asked()).toBe(2);
});
