// A model that was calibrated and reported, for the tests that are generated from the table of routes.
import type { MeteredCost, MeteredRow } from '../wire/index.ts';
import type { Meter } from './routes/meter.ts';

const cost = (estimate: number): MeteredCost => ({
  ...{ type: 'estimated', estimate, lower: estimate * 0.92, upper: estimate * 1.09 },
});

const row = (strategy: string, accuracy: number, tokens: number, ratio: number | null): MeteredRow => ({
  ...{ strategy, samples_per_task: ratio === null ? 1 : 4 },
  accuracy: { estimate: accuracy, lower: accuracy - 0.04, upper: Math.min(1, accuracy + 0.03) },
  ...{ tokens: cost(tokens), seconds: cost(tokens / 400), money: cost(tokens / 1e6) },
  joules: { method: 'modelled', low: cost(tokens / 100), high: cost(tokens / 30) },
  over_greedy:
    ratio === null
      ? null
      : {
          ...{ difference: accuracy - 0.905, at_least: accuracy - 0.93 },
          cost_ratio: { estimate: ratio, lower: ratio * 0.9, upper: ratio * 1.1 },
        },
});

const greedy = row('greedy', 0.905, 84, null);

export const exampleMeter: Meter = {
  models: async () => ({
    object: 'list',
    data: [
      {
        ...{ object: 'metered_model', model: 'scripted-2', effort: 'low', served: null },
        calibration: {
          ...{ made_at: 1_700_000_000, tasks: 100, samples: 16, temperature: 0.8, margin: 0.02 },
          ...{ current: true, selected: 'greedy', off: true },
          tried: [
            {
              ...{ strategy: 'vote, at most 16, Beta 0.8', baseline: 'all samples', accuracy: 0.909 },
              ...{ tokens_per_task: 199, difference: -0.003, at_least: -0.008, shown: true },
              cost_ratio: 0.16,
            },
            {
              ...{ strategy: 'early exit, confidence 0.95 of 8 probes every 8', baseline: 'selected' },
              ...{ accuracy: 0.118, tokens_per_task: 60, difference: -0.79, at_least: -0.83 },
              ...{ shown: false, cost_ratio: null },
            },
          ],
        },
        report: {
          ...{ made_at: 1_700_000_600, command: 'tiegel meter report scripted-2', tasks: 200, current: true },
          rows: [
            greedy,
            row('one sample', 0.866, 89, 1.06),
            row('vote, at most 16, Beta 0.8', 0.909, 219, 2.6),
            row('verify, at most 8', 0.985, 127, 1.5),
            {
              ...row('vote, at most 2, all of them', 0.01, 9_000, 100),
              ...{ tokens: { type: 'more_than', bound: 3_000 }, joules: null, money: null },
            },
          ],
          budgets: [
            row('at most 32 tokens of thinking', 0.26, 185, 2.2),
            row('at most 64 tokens of thinking', 0.52, 121, 1.44),
            greedy,
          ],
          energy: { method: 'modelled', sources: ['processor time'], unknown: [] },
          money: 'own hardware of 600',
        },
      },
    ],
    unreadable: [{ file: 'broken.json', problem: 'it is no JSON' }],
  }),
  prices: () => [
    {
      ...{ object: 'hosted_price', id: 'example-1', host: 'example', model: 'r1', currency: 'USD' },
      ...{ input: '0.55', cached_input: '0.14', output: '2.19', from: 1_737_331_200, until: 1_757_088_000 },
      source: { name: 'docs.example.net', kind: 'vendor', seen: '2025-08-31' },
      ...{ hours: null, start_verified: false },
    },
    {
      ...{ object: 'hosted_price', id: 'example-2', host: 'example', model: 'r1', currency: 'USD' },
      ...{ input: '0.135', cached_input: null, output: '0.55', from: 1_740_587_400, until: 1_757_088_000 },
      source: { name: 'docs.example.net', kind: 'vendor', seen: '2025-08-31' },
      ...{ hours: { from: 990, to: 30 }, start_verified: true },
    },
  ],
  plan: async () => ({
    object: 'fleet_plan',
    requests: {
      ...{ count: 2_000, seconds: 1_430, clients: 3, largest_client: 0.65, gap_variation: 6 },
      ...{ prompt_tokens: 400_000, completion_tokens: 600_000 },
    },
    fleets: [2, 3, 4].map((replicas) => ({
      ...{ replicas, p50: 1 / replicas, p95: 12 / replicas ** 2, p95_lower: 8 / replicas ** 2 },
      ...{ p95_upper: 20 / replicas ** 2, idle: 0.1 * replicas, formula_p95: 1 / replicas ** 3 },
    })),
    ...{ needed: 3, head_room: 1.4 },
    costs: {
      ...{ per_hour: 7.5, per_million_completion_tokens: 4.9, per_correct_answer: 0.0041 },
      ...{ hosted_per_hour: 2.97, break_even: 2.5, hosted_source: 'USD, example/r1' },
    },
    demand: [{ elasticity: 1, requests: 2, compute: 1, needed: 5 }],
  }),
};
