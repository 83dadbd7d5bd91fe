// A model is revoked while a real server serves it: from another process, obeyed within a second.
import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

const home = emptyHome();
const messages = [{ role: 'user' as const, content: 'Use 3, 5 and 6 once each with + - * to make 21.' }];

test('a running server refuses a model within a second of its revocation, and no new one starts with it', async () => {
  {
    await using server = await startServer(home);
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.key ?? '', maxRetries: 0 });
    const ask = () => client.chat.completions.create({ model: server.model, messages, max_tokens: 8 });
    expect((await ask()).choices).toHaveLength(1);
    let revokedAt = Number.POSITIVE_INFINITY;
    const revoking = tiegel(home, 'revoke', server.model, '--reason', 'it was told to', '--json').then(
      (done) => {
        revokedAt = systemClock.monotonic();
        return done;
      },
    );
    let refusal: unknown;
    while (refusal === undefined && systemClock.monotonic() < revokedAt + 10_000) {
      await ask().catch((error: unknown) => {
        refusal = error;
      });
      await wait(20);
    }
    const refusedAt = systemClock.monotonic();
    const { code, stdout } = await revoking;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: server.model,
      reason: 'it was told to',
      revoked: true,
    });
    expect(refusedAt - Math.min(revokedAt, refusedAt)).toBeLessThan(1000);
    expect(refusal).toMatchObject({ status: 403, message: expect.stringContaining('it was told to') });
    expect((await client.models.list()).data).toEqual([]);
  }
  const again = await tiegel(home, 'up', '--json');
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout).error).toMatchObject({ code: 'TGL_MODEL_REVOKED' });
  const shown = await tiegel(home, 'show', 'tiegel-nano', '--json');
  expect(JSON.parse(shown.stdout).admission).toMatchObject({ state: 'revoked' });
  const listed = await tiegel(home, 'list');
  expect(listed.stdout).toMatch(/tiegel-nano .* revoked: it was revoked at .*: it was told to/);
  expect((await tiegel(home, 'revoke', 'tiegel-nano', '--lift', '--reason', 'a mistake')).code).toBe(0);
  const lifted = await tiegel(home, 'show', 'tiegel-nano', '--json');
  expect(JSON.parse(lifted.stdout).admission).toMatchObject({ verdict: 'pass' });
}, 300_000);
