import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createOutbox } from './outbox.ts';
import type { GenerationEvent } from './protocol.ts';

const token = (id: number): GenerationEvent => ({ type: 'token', generation: 0, text: 'x', id });
const end: GenerationEvent = { type: 'end', generation: 0, reason: 'stop', completionTokens: 9 };

test('the first tokens go with their turn, those that follow at once wait for each other', async () => {
  const clock = manualClock();
  const sent: (readonly GenerationEvent[])[] = [];
  const { emit } = createOutbox((events) => sent.push(events), clock);
  emit(token(1));
  emit(token(2));
  await turn();
  expect(sent).toEqual([[token(1), token(2)]]);
  emit(token(3));
  await turn();
  emit(token(4));
  expect(sent).toHaveLength(1);
  await pause(20);
  expect(sent[1]).toEqual([token(3), token(4)]);
});

test('what is no token waits for nothing and takes waiting tokens along', async () => {
  const clock = manualClock();
  const sent: (readonly GenerationEvent[])[] = [];
  const { emit } = createOutbox((events) => sent.push(events), clock);
  emit(token(1));
  await turn();
  emit(token(2));
  emit(end);
  await turn();
  expect(sent).toEqual([[token(1)], [token(2), end]]);
  clock.advance(5);
  emit(token(3));
  await turn();
  await pause(10);
  expect(sent).toHaveLength(3);
});
