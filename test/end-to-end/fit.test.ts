// `tiegel fit` as a user runs it: the shipped model fits every machine that can run the tests, and the largest published
// one says what it would take.
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { emptyHome, tiegel } from './tiegel-process.ts';

const home = emptyHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('the shipped model fits with its whole context', async () => {
  const { code, stdout } = await tiegel(home, 'fit', '--slots', '2', '--json');
  expect(code).toBe(0);
  const { model, machine, fit } = JSON.parse(stdout);
  expect(model).toBe('tiegel-nano');
  expect(machine.memory.available).toBeGreaterThan(2 ** 28);
  expect(fit).toMatchObject({
    fits: true,
    size: { slots: 2, contextLength: 512 },
    shares: { prompt: 64, thinking: 384, answer: 64 },
  });
  expect(fit.tokensPerSecond).toBeGreaterThan(1);
}, 60_000);

test('a published model is weighed without being here', async () => {
  const { code, stdout } = await tiegel(home, 'fit', 'deepseek-r1:70b', '--json');
  const { candidates, picked } = JSON.parse(stdout);
  expect(code).toBe(picked === null ? 1 : 0);
  const quantisations = candidates.map((candidate: { quantisation: string }) => candidate.quantisation);
  expect(quantisations).toEqual(['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M']);
  expect(candidates[0].fit.needs.weights).toBeGreaterThan(70e9);
}, 60_000);

test('what is no model is a typed error', async () => {
  const { code, stderr } = await tiegel(home, 'fit', 'no-such-model');
  expect(code).toBe(1);
  expect(stderr).toContain('TGL_MODEL_UNKNOWN');
}, 60_000);
