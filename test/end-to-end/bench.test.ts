// The speed of a model is measured by command, and what fits uses it.
import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { emptyHome, runToEnd } from './tiegel-process.ts';

const home = emptyHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function tiegel(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout } = await runToEnd(home, [process.execPath, 'src/cli/main.ts', ...words, '--json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('bench measures the shipped model, and fit says what was measured', { timeout: 180_000 }, async () => {
  expect(await tiegel('fit', 'tiegel-nano')).toMatchObject({
    measuredSpeed: null,
    fit: { speedFrom: 'bandwidth' },
  });
  const measured = await tiegel('bench', '--long-prompt', '300');
  const rates = measured.rates as readonly { readonly sequences: number; readonly tokensPerSecond: number }[];
  expect(rates.map(({ sequences }) => sequences)).toEqual([1, 4, 16]);
  for (const { tokensPerSecond } of rates) expect(tokensPerSecond).toBeGreaterThan(0);
  expect(measured).toMatchObject({
    model: 'tiegel-nano',
    slots: 16,
    firstTokenMs: expect.any(Number),
    longPrompt: { aloneMs: expect.any(Number) },
  });
  expect(await tiegel('fit', 'tiegel-nano')).toMatchObject({
    measuredSpeed: { rates: measured.rates },
    fit: { speedFrom: 'bench', tokensPerSecond: rates[0]?.tokensPerSecond },
  });
});
