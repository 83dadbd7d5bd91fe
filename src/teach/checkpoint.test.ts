import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../base/index.ts';
import { recordingDisk } from '../base/testing.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';

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

test('a flipped byte or a cut anywhere is noticed', () => {
  writeCheckpoint(path, checkpoint);
  const sound = readFileSync(path);
  const damaged = `${path}.damaged`;
  const refused = expect.objectContaining({ code: 'TGL_CHECKPOINT_INVALID' });
  const bodyStart = sound.indexOf('\n', sound.indexOf('\n') + 1) + 1;
  fc.assert(
    fc.property(
      fc.integer({ min: bodyStart, max: sound.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (place, flip) => {
        const bytes = Buffer.from(sound);
        bytes[place]! ^= flip;
        writeFileSync(damaged, bytes);
        expect(() => readCheckpoint(damaged)).toThrow(refused);
      },
    ),
  );
  fc.assert(
    fc.property(fc.nat(sound.length - 1), (length) => {
      writeFileSync(damaged, sound.subarray(0, length));
      expect(() => readCheckpoint(damaged)).toThrow(refused);
    }),
  );
});
