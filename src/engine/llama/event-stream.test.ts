import { expect, test } from 'vitest';
import { createEventStream } from './event-stream.ts';

test('gives together what was pushed together, then ends', async () => {
  const stream = createEventStream<number>();
  stream.push(1);
  stream.push(2);
  setImmediate(() => {
    stream.push(3);
    stream.finish();
  });
  expect(await Array.fromAsync(stream.readBatches())).toEqual([[1, 2], [3]]);
});

test('an error comes in place of what was not read yet', async () => {
  const stream = createEventStream<number>();
  const reading = stream.readBatches();
  stream.push(1);
  expect(await reading.next()).toEqual({ value: [1], done: false });
  stream.push(2);
  const error = new Error('gone');
  stream.fail(error);
  stream.fail(new Error('later'));
  stream.finish();
  await expect(reading.next()).rejects.toBe(error);
});
