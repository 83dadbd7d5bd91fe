// Limits, prices and usage as their operator manages them: by commands, beside a server that runs on the same store.
import { expect, test } from 'vitest';
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

async function told(home: string, ...words: readonly string[]): Promise<Record<string, never>> {
  const { stdout } = await tiegel(home, ...words, '--json');
  return JSON.parse(stdout) as Record<string, never>;
}

test('a limit that a command sets holds on a running server, and what was used can be told', {
  timeout: 180_000,
}, async () => {
  const home = emptyHome();
  await using server = await startServer(home);
  const ask = () =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: server.model, messages: [{ role: 'user', content: '2 + 2' }] }),
    });
  for (const unit of ['prompt-tokens', 'answer-tokens'])
    await told(home, 'price', 'set', unit, '1.50', '--model', server.model, '--source', 'a test');
  const jump = await told(
    home,
    'price',
    'set',
    'answer-tokens',
    '150',
    '--model',
    server.model,
    '--source',
    'x',
  );
  expect(jump).toMatchObject({ error: { code: 'TGL_USAGE' } });
  const { limit } = await told(home, 'limit', 'set', 'requests', 'total', '2');
  expect(limit).toMatchObject({ scope: 'organisation', unit: 'requests', amount: '2' });
  await expect.poll(async () => (await ask()).status, { timeout: 60_000, interval: 200 }).toBe(429);
  expect((await told(home, 'limit', 'list')).limits).toHaveLength(1);
  const { usage } = (await told(home, 'usage', '--by', 'model')) as never as {
    readonly usage: readonly { readonly requests: number; readonly amount: string; readonly model: string }[];
  };
  expect(usage).toMatchObject([{ model: server.model }]);
  expect(usage[0]!.requests).toBeGreaterThanOrEqual(2);
  expect((await tiegel(home, 'usage', '--csv')).stdout).toMatch(/^day,requests,prompt,/);
  const exported = (await tiegel(home, 'usage', 'export')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(exported[0]).toMatchObject({ kind: 'settle', model: server.model, currency: expect.any(String) });
  const { request, seq } = exported.at(-1);
  const why = ['--reason', 'a test'];
  expect(await told(home, 'usage', 'correct', request, '--amount', '2.5', ...why)).toMatchObject({
    corrected: { request, amount: '2.50' },
  });
  expect(await told(home, 'usage', 'credit', '0.5', ...why)).toMatchObject({ credit: { amount: '0.50' } });
  const later = (await tiegel(home, 'usage', 'export', '--csv', '--after', String(seq))).stdout.trim();
  expect(later.split('\n').map((line) => line.split(',')[2])).toEqual(['kind', 'correct', 'credit']);
  expect(await told(home, 'store', 'check')).toMatchObject({ problems: [] });
  await told(home, 'limit', 'remove', 'requests', 'total');
  await expect.poll(async () => (await ask()).status, { timeout: 60_000, interval: 200 }).toBe(200);
  for (const wrong of [
    ['limit', 'set', 'requests', 'week', '2'],
    ['limit', 'set', 'requests', 'day', '-2'],
    ['limit', 'set', 'money', 'day', '1,5'],
    ['limit', 'set', 'concurrency', 'day', '2'],
    ['limit', 'remove', 'tokens', 'day'],
    ['price', 'set', 'answer-tokens', '1', '--source', 'x'],
    ['price', 'set', 'joules', '1', '--engine', 'local', '--source', 'x'],
    ['usage', '--by', 'nothing'],
    ['usage', 'export', '--after', 'x'],
    ['usage', 'credit', '0', '--reason', 'x'],
    ['usage', 'correct', request, '--amount', '-1', '--reason', 'x'],
  ])
    expect([wrong, (await told(home, ...wrong)).error]).toMatchObject([
      wrong,
      { code: expect.stringMatching(/^TGL_(USAGE|AMOUNT_INVALID)$/) },
    ]);
});
