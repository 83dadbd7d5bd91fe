// Bytes between a socket that pushes and a reader that pulls: all of them, in order, and the socket held back in time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBodyQueue } from './body-queue.ts';

const limit = 256 * 1024;

/** A queue beside what it told its source. */
function watchedQueue() {
  const told: string[] = [];
  const source = {
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    cancel: () => told.push('cancel'),
  };
  return { told, queue: createBodyQueue(source) };
}

function textOf({ value }: IteratorResult<Uint8Array, undefined>): string {
  return Buffer.from(value ?? []).toString();
}

describe('a body queue', () => {
  test('gives every byte once and in order, however pushes and reads alternate, and then its end', async () => {
    const steps = fc.array(fc.oneof(fc.constant('read' as const), fc.uint8Array({ minLength: 1 })));
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { queue, told } = watchedQueue();
        const pushed: Uint8Array[] = [];
        const got: Uint8Array[] = [];
        let unread = 0;
        for (const step of all) {
          if (step !== 'read') {
            queue.push(step);
            pushed.push(step);
            unread += step.length;
          } else if (unread > 0) {
            got.push((await queue.reader.next()).value ?? Buffer.alloc(0));
            expect(got.at(-1)).toHaveLength(unread);
            unread = 0;
          }
        }
        queue.close();
        got.push(...(await Array.fromAsync(queue.reader)));
        expect(Buffer.concat(got)).toEqual(Buffer.concat(pushed));
        expect(told).toEqual([]);
      }),
    );
  });

  test('gives what arrived together as one piece', async () => {
    const { queue } = watchedQueue();
    for (const text of ['one ', 'two ', 'three']) queue.push(Buffer.from(text));
    expect(textOf(await queue.reader.next())).toBe('one two three');
  });

  test('copies nothing that arrived alone', async () => {
    const { queue } = watchedQueue();
    const piece = Buffer.from('alone');
    queue.push(piece);
    expect((await queue.reader.next()).value).toBe(piece);
  });

  test('wakes a reader who waits, by bytes, by the end and by a failure', async () => {
    const { queue } = watchedQueue();
    const waiting = queue.reader.next();
    queue.push(Buffer.from('late'));
    expect(textOf(await waiting)).toBe('late');
    const ending = queue.reader.next();
    queue.close();
    expect(await ending).toEqual({ done: true, value: undefined });
    const failing = watchedQueue();
    const failed = failing.queue.reader.next();
    failing.queue.close(new Error('cut'));
    await expect(failed).rejects.toThrow('cut');
  });

  test('holds its source back above its limit, once, and lets it go on when everything is read', async () => {
    const { queue, told } = watchedQueue();
    queue.push(Buffer.alloc(limit - 1));
    queue.push(Buffer.alloc(1));
    expect(told).toEqual([]);
    queue.push(Buffer.alloc(1));
    queue.push(Buffer.alloc(1));
    expect(told).toEqual(['pause']);
    expect((await queue.reader.next()).value).toHaveLength(limit + 2);
    expect(told).toEqual(['pause', 'resume']);
    // What was read does not count any longer.
    queue.push(Buffer.alloc(limit));
    expect(told).toEqual(['pause', 'resume']);
    queue.push(Buffer.alloc(1));
    expect(told).toEqual(['pause', 'resume', 'pause']);
    await queue.reader.next();
    expect(told).toEqual(['pause', 'resume', 'pause', 'resume']);
  });

  test('does not tell a source that is at its end to go on', async () => {
    const { queue, told } = watchedQueue();
    queue.push(Buffer.alloc(limit + 1));
    queue.close();
    expect((await queue.reader.next()).value).toHaveLength(limit + 1);
    expect(told).toEqual(['pause']);
  });

  test('gives what came before a failure, then the failure, once', async () => {
    const { queue } = watchedQueue();
    queue.push(Buffer.from('before'));
    queue.close(new Error('cut'));
    queue.close(new Error('later'));
    queue.push(Buffer.from('after'));
    expect(textOf(await queue.reader.next())).toBe('before');
    await expect(queue.reader.next()).rejects.toThrow('cut');
    expect(await queue.reader.next()).toEqual({ done: true, value: undefined });
  });

  test('cuts its source when the reader leaves early, once, and drops what is there', async () => {
    const { queue, told } = watchedQueue();
    queue.push(Buffer.from('unread'));
    expect(await queue.reader.return?.()).toEqual({ done: true, value: undefined });
    await queue.reader.return?.();
    expect(told).toEqual(['cancel']);
    queue.push(Buffer.from('more'));
    expect(await queue.reader.next()).toEqual({ done: true, value: undefined });
  });

  test('ends a read that waits when the reader leaves', async () => {
    const { queue } = watchedQueue();
    const waiting = queue.reader.next();
    await queue.reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('cuts nothing that is already at its end, and hides its failure from a reader who leaves', async () => {
    const { queue, told } = watchedQueue();
    queue.close(new Error('cut'));
    await queue.reader.return?.();
    expect(told).toEqual([]);
    expect(await queue.reader.next()).toEqual({ done: true, value: undefined });
  });
});
