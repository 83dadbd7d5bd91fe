// Who is taken for sound by a look at its list of models, and how often one looks.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Outbound, OutboundRequest } from '../../outbound/index.ts';
import { checkRegularly } from './health-checks.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Checks replicas of which each answers with a status, or not at all. */
function checking(statuses: readonly (number | undefined)[]) {
  const asked: OutboundRequest[] = [];
  const reports: (readonly [replica: number, healthy: boolean])[] = [];
  let closed = 0;
  const outbound = {
    request: async (request: OutboundRequest) => {
      asked.push(request);
      const status = statuses[Number(/\d+/.exec(request.url)?.[0])];
      if (status === undefined) throw new Error('nobody is there');
      return { status, [Symbol.dispose]: () => void closed++ };
    },
  } as unknown as Outbound;
  const stop = checkRegularly({
    ...{ outbound, endpoints: statuses.map((_, replica) => `http://${replica}/v1`) },
    ...{ credentials: { authorization: 'Bearer k' }, limits: { healthMs: 100, connectMs: 7 } },
    report: (...report) => void reports.push(report),
  });
  return { asked, reports, stop, closed: () => closed };
}

test('whoever answers is sound, unless it says that it is not', async () => {
  const { reports, closed, stop } = checking([200, 401, 499, 500, 503, undefined]);
  vi.advanceTimersByTime(100);
  await settled();
  expect(reports.toSorted(([one], [other]) => one - other)).toEqual([
    ...[
      [0, true],
      [1, true],
      [2, true],
    ],
    ...[
      [3, false],
      [4, false],
      [5, false],
    ],
  ]);
  expect(closed()).toBe(5);
  stop();
});

test('each is asked for its models at every interval, for as short a time as a connection may take, until it is stopped', async () => {
  const { asked, stop } = checking([200]);
  vi.advanceTimersByTime(99);
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(201);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toMatchObject({
    ...{ url: 'http://0/v1/models', credentials: { authorization: 'Bearer k' } },
    deadlines: { connectMs: 7, totalMs: 7 },
  });
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
