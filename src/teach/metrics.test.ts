import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rewindLines } from './json-lines.ts';
import { appendMetrics, readMetrics, type StepMetrics } from './metrics.ts';

const path = join(mkdtempSync(join(tmpdir(), 'tiegel-metrics-')), 'metrics.jsonl');

const at = (step: number): StepMetrics => ({
  step,
  loss: 1 / step,
  learningRate: 0.001,
  gradientNorm: 1,
  tokens: 100 * step,
  flops: 600 * step,
  tokensPerSecond: 100,
  wallSeconds: step,
  cpuSeconds: step,
});

test('a resumed run reports each step once, and a line cut by a crash is dropped', () => {
  expect(readMetrics(path)).toEqual([]);
  for (let step = 1; step <= 5; step++) appendMetrics(path, at(step));
  appendFileSync(path, '{"step":6,"lo');
  expect(readMetrics(path).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  rewindLines(path, 3);
  appendMetrics(path, at(4));
  expect(readMetrics(path)).toEqual([1, 2, 3, 4].map(at));
});
