import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../base/index.ts';
import { recordingDisk } from '../base/testing.ts';
import {
  type Checkpoint,
  latestCheckpoint,
  previousCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';

const floats = (start: number) => Float32Array.from({ length: 100 }, (_, index) => Math.sin(start + index));

const checkpoint: Checkpoint = {
  recipeDigest: digestOf('recipe'),
  step: 17,
  updates: 18,
  tokens: 12_345,
  flops: 1e12,
  dataDigest: digestOf('data'),
  wallSeconds: 1.5,
  cpuSeconds: 2.25,
  values: floats(1),
  firstMoments: floats(2),
  secondMoments: floats(3),
};

const path = join(mkdtempSync(join(tmpdir(), 'tiegel-checkpoint-')), 'checkpoint.bin');

test('a checkpoint survives a crash of the machine', () => {
  const disk = recordingDisk();
  writeCheckpoint(path, checkpoint, disk);
  expect(disk.operations.at(-1)).toMatchObject({ type: 'sync-directory' });
  expect(disk.undurable()).toEqual([]);
});

test('what is written is read, bit for bit', () => {
  writeCheckpoint(path, checkpoint);
  expect(readCheckpoint(path)).toEqual(checkpoint);
});

test('no file is no checkpoint', () => {
  expect(readCheckpoint(`${path}.absent`)).toBeUndefined();
});

describe('damage', () => {
  const refused = expect.objectContaining({ code: 'TGL_CHECKPOINT_INVALID' });
  const sound = (() => {
    writeCheckpoint(path, checkpoint);
    return readFileSync(path);
  })();
  const flipped = fc
    .tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([place, flip]) => {
      const bytes = Buffer.from(sound);
      bytes[place]! ^= flip;
      return bytes;
    });
  const cut = fc.nat(sound.length - 1).map((length) => sound.subarray(0, length));
  const damaged = fc.oneof(flipped, cut);

  test('of any byte, or a cut anywhere, is noticed', () => {
    const place = `${path}.damaged`;
    fc.assert(
      fc.property(damaged, (bytes) => {
        writeFileSync(place, bytes);
        expect(() => readCheckpoint(place)).toThrow(refused);
      }),
      { numRuns: 300 },
    );
  });

  /** Two checkpoints at a new place: the one before, and the latest. */
  function two(): string {
    const place = join(mkdtempSync(join(tmpdir(), 'tiegel-checkpoint-')), 'checkpoint.bin');
    writeCheckpoint(place, { ...checkpoint, step: 16 });
    writeCheckpoint(place, checkpoint);
    return place;
  }

  test('of the latest one falls back to the one before it, in words', () => {
    const place = two();
    fc.assert(
      fc.property(damaged, (bytes) => {
        const warnings: string[] = [];
        writeFileSync(place, bytes);
        expect(latestCheckpoint(place, (text) => warnings.push(text))).toEqual({ ...checkpoint, step: 16 });
        expect(warnings).toEqual([expect.stringContaining(place)]);
      }),
    );
    const warnings: string[] = [];
    rmSync(place);
    expect(latestCheckpoint(place, (text) => warnings.push(text))?.step).toBe(16);
    expect(warnings).toEqual([expect.stringContaining('There is no checkpoint')]);
  });

  test('of the one before it says nothing, of both is an error', () => {
    const place = two();
    writeFileSync(previousCheckpoint(place), sound.subarray(0, 100));
    const warn = (text: string) => expect.unreachable(text);
    expect(latestCheckpoint(place, warn)?.step).toBe(17);
    writeFileSync(place, sound.subarray(0, 200));
    expect(() => latestCheckpoint(place, () => {})).toThrow(refused);
  });

  test('of the only one is an error; of none there is nothing to say', () => {
    const place = join(mkdtempSync(join(tmpdir(), 'tiegel-checkpoint-')), 'checkpoint.bin');
    expect(latestCheckpoint(place, () => {})).toBeUndefined();
    writeFileSync(place, sound.subarray(1));
    expect(() => latestCheckpoint(place, () => {})).toThrow(refused);
  });

  test('a disk that is full leaves what was written before', () => {
    const place = two();
    const disk = {
      ...recordingDisk(),
      writeSync: () => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    };
    expect(() => writeCheckpoint(place, { ...checkpoint, step: 18 }, disk)).toThrow(
      expect.objectContaining({ code: 'TGL_DISK_FULL' }),
    );
    expect(latestCheckpoint(place, () => {})?.step).toBe(17);
  });
});
