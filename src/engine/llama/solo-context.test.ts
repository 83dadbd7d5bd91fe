import { describe, expect, test } from 'vitest';
import type { NativeContext } from './ffi/context.ts';
import { createSoloContext } from './solo-context.ts';

/** Notes what it evaluates and where sequences go. @param stores whether what it holds can be stored */
function fakeContext(name: string, log: string[], stores = true): NativeContext {
  let batch: number[] = [];
  return {
    pointer: () => (name === 'solo' ? 1n : 2n),
    add: (sequence) => void batch.push(sequence),
    decode: () => {
      log.push(`${name} evaluates ${batch.join()}`);
      batch = [];
      return 'done';
    },
    logits: () => new Float32Array(),
    lastState: () => [],
    cut: (sequence, from) => log.push(`${name} cuts ${sequence} to ${from}`) > 0,
    copy: (target, source) => log.push(`${name} copies ${source} to ${target}`) > 0,
    storedBytes: () => 8,
    store: (sequence) => log.push(`${name} stores ${sequence}`) > 0 && stores,
    restore: (sequence) => log.push(`${name} restores ${sequence}`) > 0,
  };
}

function open(solosStore = true) {
  const log: string[] = [];
  const context = createSoloContext(fakeContext('shared', log), fakeContext('solo', log, solosStore));
  const step = (...batch: readonly (readonly [sequence: number, position: number])[]): readonly string[] => {
    log.length = 0;
    for (const [sequence, position] of batch) context.add(sequence, position, [5], 0, 1, 'last');
    context.decode();
    return [...log];
  };
  return { context, step, log };
}

describe('createSoloContext', () => {
  test('evaluates a sequence alone that begins alone, and with others once they come', () => {
    const { context, step } = open();
    expect(step([3, 0])).toEqual(['solo evaluates 0']);
    expect(context.pointer()).toBe(1n);
    expect(step([3, 1])).toEqual(['solo evaluates 0']);
    expect(step([2, 0], [3, 2])).toEqual([
      'solo stores 0',
      'shared restores 3',
      'solo cuts 0 to 0',
      'shared evaluates 2,3',
    ]);
    expect(context.pointer()).toBe(2n);
    expect(step([2, 1], [3, 3])).toEqual(['shared evaluates 2,3']);
  });

  test('takes who stays alone after a while, and no sooner', () => {
    const { step } = open();
    step([2, 0], [3, 0]);
    for (let position = 1; position <= 16; position++)
      expect(step([2, position])).toEqual(['shared evaluates 2']);
    expect(step([2, 17])).toEqual([
      'shared stores 2',
      'solo restores 0',
      'shared cuts 2 to 0',
      'solo evaluates 0',
    ]);
  });

  test('cuts, stores and copies a sequence where it lies', () => {
    const { context, step, log } = open();
    step([3, 0]);
    log.length = 0;
    context.cut(3, 4);
    context.store(3, 0n, 8);
    context.copy(1, 3);
    context.cut(3, 0);
    context.cut(3, 0);
    context.restore(3, 0n, 8);
    expect(log).toEqual([
      ...['solo cuts 0 to 4', 'solo stores 0'],
      ...['shared cuts 1 to 0', 'solo stores 0', 'shared restores 1'],
      ...['solo cuts 0 to 0', 'shared cuts 3 to 0'],
      ...['shared cuts 3 to 0', 'shared restores 3'],
    ]);
  });

  test('who cannot leave costs the step that needs him elsewhere, and nobody else', () => {
    const { step } = open(false);
    step([3, 0]);
    expect(step([1, 0])).toEqual(['solo stores 0', 'shared evaluates 1']);
    expect(() => step([2, 0], [3, 1])).toThrow('the cache is full');
    expect(step([3, 1])).toEqual(['solo evaluates 0']);
  });
});
