// A job for the tests that are generated from the table of routes.
import type { JobBody } from '../wire/index.ts';
import type { Jobs } from './administration/jobs.ts';

const job: JobBody = {
  ...{ id: 'example', object: 'job', request: { kind: 'pull', model: 'qwen3:0.6b' }, state: 'running' },
  ...{ started_by: 'prn_1', created_at: 1_700_000_000, began_at: 1_700_000_001, ended_at: null },
  ...{ ending: false, points: [], samples: [], log: ['Fetching.'], result: null, problem: null },
  progress: {
    ...{ doing: 'Pulling', done: 250_000_000, total: 500_000_000, unit: 'bytes', seconds_left: 30 },
    detail: null,
  },
};

const training: JobBody = {
  ...job,
  ...{ id: 'example-2', request: { kind: 'teach', recipe: 'pico', name: 'first' } },
  progress: {
    ...{ doing: 'sft', done: 40, total: 100, unit: 'percent', seconds_left: 600, detail: 'step 40' },
  },
  points: Array.from({ length: 40 }, (_, place) => ({
    ...{ stage: 'sft', step: place + 1, loss: 3 / (1 + place / 8), accuracy: place / 50, reward: null },
  })),
  samples: [
    ['12+7=19 no </think> no', false],
    ['12+7=19 no 12*7=84 no 12-7=5 no 7*3=21 yes </think> 7*3=21', true],
  ].map(([text, correct], place) => ({
    ...{ stage: 'grpo', step: 50 * place, prompt: 'Countdown: 12 7 3, target 21.', tokens: 12 + 14 * place },
    ...{ text: text as string, correct: correct as boolean, stopped: true },
  })),
};

const assessment: JobBody = {
  ...job,
  ...{ id: 'example-3', request: { kind: 'assess', model: 'scripted-2', policy: 'general' } },
  progress: {
    ...{ doing: 'Assessing: trials', done: 180, total: 400, unit: 'trials', seconds_left: 240, detail: null },
    criteria: [
      {
        ...{ name: 'harm-direct', metric: 'answer-rate', side: 'at-most', threshold: 0.1, state: 'met' },
        ...{ estimate: 0.02, bound: 0.08, trials: 120, unassessed: 1, planned: 200 },
      },
      {
        ...{ name: 'capability', metric: 'answer-rate', side: 'at-least', threshold: 0.5 },
        ...{ state: 'undecided', estimate: 0.6, bound: 0.44, trials: 60, unassessed: 0, planned: 200 },
      },
    ],
  },
};

export const exampleJobs: Jobs = {
  list: async () => [job, training, assessment],
  get: async () => job,
  start: async () => job,
  resume: async () => job,
  cancel: async () => ({ ...job, ending: true }),
};
