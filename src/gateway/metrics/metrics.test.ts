import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { createOutbound, type Outbound } from '../../outbound/index.ts';
import { startGateway, testKey, testModel } from '../testing.ts';
import { createMetrics, type GatewayMetrics } from './metrics.ts';
import { otlpMetrics, startOtlpExport } from './otlp.ts';
import { prometheusText } from './prometheus.ts';

type Measured = Parameters<GatewayMetrics['ended']>[0];

const usage = { promptTokens: 12, cachedPromptTokens: 4, completionTokens: 11, reasoningTokens: 8 };

const record: Measured = {
  model: 'm',
  dialect: 'openai-chat',
  outcome: { type: 'finished' },
  choices: [{ finish: 'stop', usage }],
  usage,
  durationMs: 1100,
  firstTokenMs: 100,
  firstAnswerMs: 600,
  waitedMs: 2,
};

const messages = [{ role: 'user' as const, content: 'hi' }];

describe('Prometheus', () => {
  test('shows a request under the conventional names, with their units', () => {
    const metrics = createMetrics();
    metrics.ended(record);
    const text = prometheusText(metrics, []);
    const labels = 'model="m",dialect="openai-chat",outcome="stop"';
    expect(text).toContain(`tiegel_requests_total{${labels}} 1\n`);
    expect(text).toContain(`gen_ai_server_time_to_first_token_seconds_sum{${labels}} 0.1\n`);
    expect(text).toContain(`gen_ai_server_time_to_first_token_seconds_bucket{${labels},le="0.1"} 1\n`);
    expect(text).toContain(`gen_ai_server_time_to_first_token_seconds_bucket{${labels},le="0.05"} 0\n`);
    expect(text).toContain(`tiegel_time_to_first_answer_token_seconds_sum{${labels}} 0.6\n`);
    expect(text).toContain(`gen_ai_server_time_per_output_token_seconds_sum{${labels}} 0.1\n`);
    expect(text).toContain(`tiegel_thinking_answer_ratio_count{${labels}} 1\n`);
  });

  test('every line is a comment or a sample, and buckets never fall', () => {
    const counted = fc.record({
      promptTokens: fc.nat(1e6),
      cachedPromptTokens: fc.nat(100),
      completionTokens: fc.nat(1e6),
      reasoningTokens: fc.constant(0),
    });
    const measured = fc.record<Measured>({
      model: fc.option(fc.string({ unit: 'grapheme' })),
      dialect: fc.constantFrom('a', 'b'),
      outcome: fc.constantFrom(
        { type: 'finished' },
        { type: 'client-gone' },
        { type: 'refused', code: 'TGL_OVERLOADED' },
      ),
      choices: fc.constantFrom([], [{ finish: 'length', usage }]),
      usage: counted,
      durationMs: fc.integer({ min: 0, max: 1e7 }),
      firstTokenMs: fc.option(fc.integer({ min: 0, max: 1000 })),
      firstAnswerMs: fc.constant(null),
      waitedMs: fc.option(fc.nat(1000)),
    });
    fc.assert(
      fc.property(fc.array(measured, { maxLength: 20 }), (records) => {
        const metrics = createMetrics();
        for (const one of records) metrics.ended(one);
        for (const [, series] of metrics.series()) {
          for (const { count, buckets } of series) {
            if (buckets.length > 0) expect(buckets.reduce((sum, bucket) => sum + bucket)).toBe(count);
          }
        }
        for (const line of prometheusText(metrics, []).split('\n')) {
          expect(line).toMatch(/^$|^# (HELP|TYPE) |^[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)*\})? [\d.e+-]+$/u);
        }
      }),
    );
  });

  test('a scrape needs a key unless that was opened', async () => {
    await using server = await startGateway({ reply: () => ['hm', '</think>', 'ok'] }, { openMetrics: true });
    await server.client.chat.completions.create({ model: testModel, messages });
    const scrape = await fetch(`${server.url}/metrics`);
    expect(scrape.headers.get('content-type')).toContain('version=0.0.4');
    const text = await scrape.text();
    expect(text).toContain(
      'tiegel_requests_total{model="scripted",dialect="openai-chat",outcome="stop"} 1\n',
    );
    expect(text).toContain('tiegel_requests_in_flight{model="scripted"} 0\n');
    await using closed = await startGateway({});
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
    const headers = { authorization: `Bearer ${testKey}` };
    expect((await fetch(`${closed.url}/metrics`, { headers })).status).toBe(200);
  });

  test('a reply that came in one piece has no first token', async () => {
    await using server = await startGateway({ reply: () => ['hm', '</think>', 'ok'] }, { openMetrics: true });
    const counted = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
    await server.client.chat.completions.create({ model: testModel, messages });
    expect(await counted()).not.toContain('time_to_first');
    await Array.fromAsync(
      await server.client.chat.completions.create({ model: testModel, messages, stream: true }),
    );
    expect(await counted()).toContain('time_to_first_answer_token_seconds_count');
  });

  test('counts what failed, by its code', async () => {
    await using server = await startGateway(
      { failure: () => ({ type: 'refuse', retryAfterMs: 10 }) },
      { openMetrics: true },
    );
    await server.client.chat.completions.create({ model: testModel, messages }).catch(() => {});
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('outcome="TGL_ENGINE_UNAVAILABLE"} 1\n');
  });
});

describe('what is counted of a request', () => {
  const seriesOf = (change: Partial<Measured>) => {
    const metrics = createMetrics();
    metrics.ended({ ...record, ...change });
    return metrics.series();
  };
  const sumOf = (
    change: Partial<Measured>,
    name: Parameters<ReturnType<typeof seriesOf>['get']>[0],
  ): unknown => seriesOf(change).get(name)?.[0]?.sum;

  test.each<[string, Partial<Measured>]>([
    [
      'stop',
      {
        choices: [
          { finish: 'stop', usage },
          { finish: 'stop', usage },
        ],
      },
    ],
    [
      'length',
      {
        choices: [
          { finish: 'stop', usage },
          { finish: 'length', usage },
          { finish: 'stop', usage },
        ],
      },
    ],
    ['finished', { choices: [{ finish: null, usage }] }],
    ['finished', { choices: [] }],
    ['client-gone', { outcome: { type: 'client-gone' } }],
    ['TGL_OVERLOADED', { outcome: { type: 'refused', code: 'TGL_OVERLOADED' } as Measured['outcome'] }],
  ])('it ended as %s', (outcome, change) => {
    expect(seriesOf(change).get('requests')?.[0]?.labels).toEqual({
      model: 'm',
      dialect: 'openai-chat',
      outcome,
    });
  });

  test('its tokens and times, where there are any', () => {
    expect(sumOf({}, 'inputTokens')).toBe(12);
    expect(sumOf({}, 'cachedInputTokens')).toBe(4);
    expect(sumOf({}, 'outputTokens')).toBe(11);
    expect(sumOf({}, 'reasoningTokens')).toBe(8);
    expect(sumOf({}, 'timeInQueue')).toBe(0.002);
    expect(sumOf({}, 'timePerOutputToken')).toBeCloseTo(0.1);
    expect(sumOf({}, 'thinkingPerAnswer')).toBeCloseTo(8 / 3);
    const one = { ...usage, completionTokens: 1, reasoningTokens: 1 };
    expect([sumOf({ usage: one }, 'timePerOutputToken'), sumOf({ usage: one }, 'thinkingPerAnswer')]).toEqual(
      [undefined, undefined],
    );
    const two = { ...usage, completionTokens: 2, reasoningTokens: 0 };
    expect([sumOf({ usage: two }, 'timePerOutputToken'), sumOf({ usage: two }, 'thinkingPerAnswer')]).toEqual(
      [1, 0],
    );
    const none = { promptTokens: 0, cachedPromptTokens: 0, completionTokens: 0, reasoningTokens: 0 };
    const times = { firstTokenMs: null, firstAnswerMs: null, waitedMs: null };
    expect([...seriesOf({ usage: none, ...times, model: null }).keys()].sort()).toEqual([
      'requestDuration',
      'requests',
    ]);
    expect(seriesOf({ model: null }).get('requests')?.[0]?.labels.model).toBe('');
    expect(sumOf({ usage: { ...none, promptTokens: 1 } }, 'inputTokens')).toBe(1);
  });

  test('in the first bucket whose bound it does not exceed', () => {
    const bucketOf = (durationMs: number): number | undefined =>
      seriesOf({ durationMs }).get('requestDuration')?.[0]?.buckets.indexOf(1);
    expect([0, 10, 11, 25, 600_000, 600_001].map(bucketOf)).toEqual([0, 0, 1, 1, 14, 15]);
  });

  test('with all others of the same labels', () => {
    const metrics = createMetrics();
    for (const model of ['a', 'a', 'b']) metrics.ended({ ...record, model });
    const counts = metrics
      .series()
      .get('requests')
      ?.map(({ labels, count }) => [labels.model, count]);
    expect(counts).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

test('a text of Prometheus says what a metric is, adds up its buckets and escapes its labels', () => {
  const metrics = createMetrics();
  metrics.ended({ ...record, model: 'a"\\\n', durationMs: 20 });
  metrics.ended({ ...record, model: 'a"\\\n', durationMs: 30 });
  const gauge = {
    name: 'g',
    help: 'h',
    values: [
      { labels: {}, value: 3 },
      { labels: { a: 'b' }, value: 4 },
    ],
  };
  const lines = prometheusText(metrics, [gauge]).split('\n');
  const labels = 'model="a\\"\\\\\\n",dialect="openai-chat",outcome="stop"';
  const name = 'gen_ai_server_request_duration_seconds';
  expect(
    lines.filter(
      (line) => line.startsWith(`${name}_`) && /le="(0.01|0.025|0.05|\+Inf)"|_sum|_count/.test(line),
    ),
  ).toEqual([
    `${name}_bucket{${labels},le="0.01"} 0`,
    `${name}_bucket{${labels},le="0.025"} 1`,
    `${name}_bucket{${labels},le="0.05"} 2`,
    `${name}_bucket{${labels},le="+Inf"} 2`,
    `${name}_sum{${labels}} 0.05`,
    `${name}_count{${labels}} 2`,
  ]);
  expect(lines).toContain(`# TYPE ${name} histogram`);
  expect(lines).toContain('# TYPE tiegel_requests_total counter');
  expect(lines.slice(-5)).toEqual(['# HELP g h', '# TYPE g gauge', 'g 3', 'g{a="b"} 4', '']);
});

describe('OTLP', () => {
  test('holds cumulative points of each metric', () => {
    const metrics = createMetrics();
    metrics.ended(record);
    metrics.ended(record);
    const body = JSON.parse(JSON.stringify(otlpMetrics(metrics, 1000, 2000)));
    const [scope] = body.resourceMetrics[0].scopeMetrics;
    const named = (name: string): object =>
      scope.metrics.find((metric: { name: string }) => metric.name === name);
    expect(named('tiegel.requests')).toMatchObject({
      sum: { isMonotonic: true, dataPoints: [{ asInt: '2', startTimeUnixNano: '1000000000' }] },
    });
    expect(named('gen_ai.server.request.duration')).toMatchObject({
      unit: 's',
      histogram: { aggregationTemporality: 2, dataPoints: [{ count: '2', sum: 2.2 }] },
    });
  });

  test('says of whom it is, since when, and how each request went', () => {
    const metrics = createMetrics();
    metrics.ended({ ...record, durationMs: 0, usage: { ...usage, completionTokens: 0, promptTokens: 3 } });
    const body = JSON.parse(JSON.stringify(otlpMetrics(metrics, 1000.4, 2000.5)));
    const [{ resource, scopeMetrics }] = body.resourceMetrics;
    expect(resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'tiegel' } }]);
    expect(scopeMetrics[0].scope).toEqual({ name: 'tiegel.gateway' });
    const attributes = [
      { key: 'gen_ai.request.model', value: { stringValue: 'm' } },
      { key: 'tiegel.dialect', value: { stringValue: 'openai-chat' } },
      { key: 'tiegel.outcome', value: { stringValue: 'stop' } },
    ];
    const span = { startTimeUnixNano: '1000000000', timeUnixNano: '2001000000', attributes };
    for (const metric of scopeMetrics[0].metrics) {
      expect(metric).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      const [point] = (metric.sum ?? metric.histogram).dataPoints;
      expect(point).toMatchObject(span);
      if (metric.sum !== undefined) {
        expect(metric.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
        continue;
      }
      expect(point.bucketCounts).toHaveLength(point.explicitBounds.length + 1);
      expect(point.bucketCounts.filter((count: string) => count === '1')).toHaveLength(1);
    }
  });

  test('is pushed at intervals until the server ends, each time to the end of the answer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const urls: string[] = [];
      let read = 0;
      const outbound = {
        request: async ({ url }: { readonly url: string }) => {
          urls.push(url);
          return {
            ...{ status: 200, headers: {} },
            body: (async function* () {
              yield new Uint8Array(1);
              read++;
            })(),
            [Symbol.dispose]: () => {},
          };
        },
      } as unknown as Outbound;
      const logger = { error: () => expect.unreachable('the push failed') };
      const options = { metrics: createMetrics(), outbound, clock: systemClock, logger };
      const pushing = startOtlpExport({ ...options, endpoint: 'http://collector:4318/', intervalMs: 100 });
      vi.advanceTimersByTime(99);
      expect(urls).toEqual([]);
      vi.advanceTimersByTime(101);
      expect(urls).toEqual(Array(2).fill('http://collector:4318/v1/metrics'));
      await pushing[Symbol.asyncDispose]();
      expect([urls.length, vi.getTimerCount(), read]).toEqual([3, 0, 3]);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    [299, 0],
    [300, 1],
    [503, 1],
  ])('an answer of the status %i costs %i lines in the log', async (status, count) => {
    const lines: unknown[] = [];
    const outbound = {
      request: async () => ({ status, headers: {}, body: [], [Symbol.dispose]: () => {} }),
    } as unknown as Outbound;
    const logger = { error: (line: unknown) => void lines.push(line) };
    const options = { metrics: createMetrics(), outbound, clock: systemClock, logger, endpoint: 'http://c' };
    await startOtlpExport(options)[Symbol.asyncDispose]();
    expect(lines).toEqual(Array(count).fill({ status }));
  });

  test('is pushed to the collector, at the latest when the server ends', async () => {
    const received: string[] = [];
    const collector = createServer(async (request, response) => {
      const body = await Array.fromAsync(request);
      received.push(`${request.method} ${request.url} ${Buffer.concat(body)}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const metrics = createMetrics();
    metrics.ended(record);
    const logger = { error: () => expect.unreachable('the push failed') };
    await using outbound = createOutbound({ allowedOrigins: [endpoint] });
    await startOtlpExport({ metrics, endpoint, outbound, clock: systemClock, logger })[Symbol.asyncDispose]();
    expect(received).toEqual([expect.stringMatching(/^POST \/v1\/metrics \{"resourceMetrics":/)]);
    collector.close();
  });

  test('a collector that is not there costs a line in the log', async () => {
    const lines: unknown[] = [];
    await using outbound = createOutbound({ offline: true });
    const options = {
      metrics: createMetrics(),
      endpoint: 'http://127.0.0.1:1',
      outbound,
      clock: systemClock,
    };
    const logger = { error: (line: unknown) => void lines.push(line) };
    await startOtlpExport({ ...options, logger })[Symbol.asyncDispose]();
    expect(lines).toHaveLength(1);
  });
});
