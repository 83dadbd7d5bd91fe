import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { Pool, PooledSample } from '../strategies/pool.ts';
import { selectStrategy } from './calibrate.ts';
import { type Calibration, calibrationText, readCalibration, requireUnseen } from './calibration.ts';

const right: PooledSample = { key: '21', correct: true, tokens: 10 };
const wrong = (key: string): PooledSample => ({ key, correct: false, tokens: 10 });

/** Tasks whose replies are right so often, at temperature 0 and as samples. */
function poolsOf(tasks: number, greedy: number, sampled: number, seed: number): readonly Pool[] {
  const random = seededRandom(seed);
  const reply = (rate: number): PooledSample =>
    random.next() < rate ? right : wrong(String(random.integer(0, 5)));
  return Array.from({ length: tasks }, (_, task) => ({
    task: `${task}`,
    greedy: reply(greedy),
    samples: Array.from({ length: 8 }, () => reply(sampled)),
  }));
}

const settings = { samples: 8, margin: 0.02 };

describe('what is selected', () => {
  test('is nothing where the reply at temperature 0 is as good', async () => {
    const pools = poolsOf(400, 1, 1, 1);
    const { selected } = selectStrategy(pools, { ...settings, canCheck: false }, seededRandom(2));
    expect(selected).toEqual({ type: 'greedy' });
  });

  test('is a vote that stops early where a vote is worth its samples', async () => {
    const pools = poolsOf(400, 0.6, 0.8, 3);
    const { selected, tried } = selectStrategy(pools, { ...settings, canCheck: false }, seededRandom(4));
    expect(selected.type).toBe('vote');
    expect(tried.find(({ strategy }) => strategy === selected)?.costRatio.upper).toBeLessThan(1);
    expect(tried.at(-1)?.difference.shown).toBe(false);
  });

  test('is to check and draw again where answers can be checked', async () => {
    const pools = poolsOf(400, 0.6, 0.7, 5);
    const { selected } = selectStrategy(pools, { ...settings, canCheck: true }, seededRandom(6));
    expect(selected).toEqual({ type: 'verify', most: 8 });
  });

  test('with few tasks is what gives the same answer as all samples', async () => {
    const pools = poolsOf(12, 0.5, 0.7, 7);
    const { selected } = selectStrategy(pools, { ...settings, canCheck: false }, seededRandom(8));
    expect(selected).toEqual({ type: 'vote', most: 8, rule: { type: 'exact' } });
  });
});

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = {
  publicKey: publicKey.export({ format: 'jwk' }).x as string,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('hex'),
};

describe('a calibration that is kept', () => {
  const calibration: Calibration = {
    ...{
      effort: 'low',
      answer: { type: 'number' },
      checker: null,
      expected: { share: 0.5, tasks: 9 },
      abstention: null,
    },
    ...{ schema: 2, model: 'm', admissionKey: 'a', made: '2026-11-30T00:00:00.000Z', selectedOn: ['x', 'y'] },
    ...{ samples: 8, temperature: 0.8, margin: 0.02, selected: { type: 'verify', most: 8 }, tried: [] },
  };
  const text = calibrationText(calibration, signer);

  test('is read as it was written', () => {
    expect(readCalibration('f', text, signer)).toEqual(calibration);
  });

  test.each([
    [text.replace('"most": 8', '"most": 9'), /changed after it was signed/],
    [text.replace(signer.publicKey, 'other'), /another installation/],
    [text.slice(1), /no JSON/],
    ['{}', /calibration/],
  ])('is refused where it was changed', (changed, problem) => {
    expect(() => readCalibration('f', changed, signer)).toThrow(problem);
  });

  test('is not reported on a question that it was selected on', () => {
    expect(() => requireUnseen(calibration, ['a', 'y'])).toThrow(
      expect.objectContaining({
        code: 'TGL_CALIBRATION_REUSED',
        message: expect.stringContaining('1 of the 2'),
      }),
    );
    expect(() => requireUnseen(calibration, ['a'])).not.toThrow();
  });
});
