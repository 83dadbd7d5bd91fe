import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createOutbound } from '../../outbound/index.ts';
import type { GuardCase } from '../../store/index.ts';
import { openCaseWebhook } from './case-webhook.ts';

const opened = {
  ...{ id: 'case_1', organisation: 'org_1', account: 'acc_1', week: 1, use_class: 'rag', level: 'ask' },
  ...{ statistic: 2000, state: 'open', opened_at: Date.UTC(2026, 10, 30) },
  evidence: { verdict: 'It resembles harvesting.', requests: 60, traceTokens: 12_000 },
} as unknown as GuardCase;

/** Answers with the statuses in their order, the last one for ever. */
async function startReceiver(statuses: readonly number[]) {
  const told: unknown[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    void Array.fromAsync(request).then((parts) => {
      const status = statuses[Math.min(asked++, statuses.length - 1)] as number;
      if (status < 300) told.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(status).end('no more');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    told,
    asked: () => asked,
    url: `${origin}/guard`,
    origin,
    [Symbol.dispose]: () => void server.close(),
  };
}

function webhookTo(url: string, origins: readonly string[], waitsMs: readonly number[] = [1, 1]) {
  const warnings: unknown[] = [];
  const outbound = createOutbound({ allowedOrigins: origins });
  const logger = { warn: (...said: unknown[]) => void warnings.push(said) };
  return { webhook: openCaseWebhook({ url, outbound, logger, waitsMs }), outbound, warnings };
}

test('a case is told once, with who, how much and why', async () => {
  using receiver = await startReceiver([500, 204]);
  const { webhook, outbound, warnings } = webhookTo(receiver.url, [receiver.origin]);
  webhook.tell(opened);
  await expect
    .poll(() => receiver.told, { timeout: 20_000 })
    .toEqual([
      {
        ...{
          type: 'guard.case',
          case: 'case_1',
          organisation: 'org_1',
          account: 'acc_1',
          class: 'rag',
          level: 'ask',
        },
        ...{ openedAt: '2026-11-30T00:00:00.000Z', verdict: 'It resembles harvesting.', requests: 60 },
        traceTokens: 12_000,
      },
    ]);
  await webhook[Symbol.asyncDispose]();
  expect([receiver.asked(), webhook.failures(), warnings]).toEqual([2, 0, []]);
  await outbound[Symbol.asyncDispose]();
});

test('what cannot be told is counted and logged, and what comes after it is told', async () => {
  using receiver = await startReceiver([500, 500, 500, 204]);
  const { webhook, outbound, warnings } = webhookTo(receiver.url, [receiver.origin]);
  webhook.tell(opened);
  webhook.tell({ ...opened, id: 'case_2' });
  await expect.poll(() => receiver.told, { timeout: 20_000 }).toMatchObject([{ case: 'case_2' }]);
  expect(webhook.failures()).toBe(1);
  expect(warnings).toMatchObject([[{ case: 'case_1', reason: 'it answered 500' }, expect.any(String)]]);
  await webhook[Symbol.asyncDispose]();
  await outbound[Symbol.asyncDispose]();
});

test('an address that nobody named is not asked, and an end does not wait for what is left', async () => {
  using receiver = await startReceiver([204]);
  const { webhook, outbound } = webhookTo(receiver.url, [], [3_600_000]);
  webhook.tell(opened);
  webhook.tell(opened);
  await webhook[Symbol.asyncDispose]();
  expect([webhook.failures(), receiver.asked()]).toEqual([2, 0]);
  await outbound[Symbol.asyncDispose]();
});
