import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import type { CheckContext } from '../gateway/index.ts';
import { createOutbound } from '../outbound/index.ts';
import { openScorers } from './scorers.ts';

/** Scores answers by what is said for them; what is not known it answers with an error. */
async function scoring(scores: Readonly<Record<string, unknown>>, change: { readonly maxMs?: number } = {}) {
  const asked: { readonly authorization: string | undefined; readonly body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const body = JSON.parse(text);
      asked.push({ authorization: request.headers.authorization, body });
      const found = Object.entries(scores).find(([answer]) => body.query[0].endsWith(answer))?.[1];
      if (found === 'never') return;
      response.statusCode = found === undefined ? 500 : 200;
      response.end(JSON.stringify(found));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`;
  const outbound = createOutbound({ allowedOrigins: [new URL(url).origin] });
  const warnings: unknown[] = [];
  const opened = openScorers({
    ...{ scorers: [{ name: 'helpful', url, least: 0.5 }], token: 'secret', outbound, ...change },
    logger: { warn: (line: unknown) => void warnings.push(line) } as never,
  });
  return {
    ...{ ...opened, asked, warnings },
    [Symbol.asyncDispose]: async () => {
      await outbound[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

const contextOf = (change: Partial<CheckContext> = {}): CheckContext => ({
  ...{ constraint: undefined, account: 'a', signal: new AbortController().signal },
  ...{ requirePermitted: () => {}, ...change },
});

test('an answer passes from the score on that the operator names, and what was asked is counted', async () => {
  await using served = await scoring({ good: { rewards: [0.5] }, bad: { rewards: [0.49] } });
  const check = served.checkers.get('helpful')?.('Why? ', contextOf());
  expect([await check?.('good'), await check?.('bad')]).toEqual([true, false]);
  expect(served.asked[0]).toEqual({
    authorization: 'Bearer secret',
    body: { query: ['Why? good'], prompts: ['Why? '], labels: [''] },
  });
  expect(served.gauges()[0]?.values.map(({ value }) => value)).toEqual([2, 0]);
});

test.each([
  ['an error', undefined],
  ['no score', { rewards: [] }],
  ['no number', { rewards: ['much'] }],
  ['something else', [1]],
  ['nothing in time', 'never'],
])('%s leaves the answer unverified, and is logged without it', async (_, said) => {
  await using served = await scoring(said === undefined ? {} : { answer: said }, { maxMs: 500 });
  expect(await served.checkers.get('helpful')?.('Why? ', contextOf())?.('the answer')).toBe('unknown');
  expect(served.gauges()[0]?.values.map(({ value }) => value)).toEqual([0, 1]);
  expect(JSON.stringify(served.warnings)).toContain('helpful');
  expect(JSON.stringify(served.warnings)).not.toContain('the answer');
});

test('nothing is asked where the data policy of whoever asks forbids the place', async () => {
  await using served = await scoring({});
  const requirePermitted: CheckContext['requirePermitted'] = (model, { host, ownHardware }) => {
    throw new TiegelError('TGL_POLICY_NO_ENGINE', { model, version: 1, rules: `${host} ${ownHardware}` });
  };
  expect(() => served.checkers.get('helpful')?.('Why?', contextOf({ requirePermitted }))).toThrow(
    expect.objectContaining({ code: 'TGL_POLICY_NO_ENGINE' }),
  );
  expect(served.asked).toEqual([]);
});

test('a request that has ended asks nobody any more', async () => {
  await using served = await scoring({ answer: 'never' });
  const leaving = new AbortController();
  const reason = new Error('gone');
  const asked = served.checkers.get('helpful')?.('Why?', contextOf({ signal: leaving.signal }))?.('answer');
  leaving.abort(reason);
  await expect(asked).rejects.toBe(reason);
  expect(served.gauges()[0]?.values.map(({ value }) => value)).toEqual([0, 0]);
});
