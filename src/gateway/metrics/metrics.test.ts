import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { createOutbound } from '../../outbound/index.ts';
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
