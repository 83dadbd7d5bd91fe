import { expect, test } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { createScriptedEngine } from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { servedTurn } from '../../reasoning/index.ts';
import { readTasks } from '../tasks/own-tasks.ts';
import { drawPools } from './draw-pools.ts';

const { tasks } = readTasks(
  ['2', '3'].map((answer) => JSON.stringify({ question: `Say ${answer}.`, answer })).join('\n'),
);
const serving = {
  sampling: { temperature: 0.6, topP: 1, maxTokens: 100 },
  ...{ thinkingBudget: null, systemPrompt: null },
};

/** Says 2 at temperature 0, and what the seed is otherwise. */
function drawn(signal = new AbortController().signal, slots = 4) {
  const engine = createScriptedEngine({
    ...{ model: 'm', slots },
    reply: ({ sampling }) => ['hm', '</think>', sampling.temperature === 0 ? '2' : String(sampling.seed)],
  });
  return drawPools({
    ...{ engine, tasks, samples: 3, clock: systemClock, signal },
    moneyOf: ({ completionTokens }) => completionTokens * 2,
    requestOf: ({ question }, _, sample) =>
      servedTurn(
        { serving, template: tiegelTemplate },
        {
          messages: [{ role: 'user', content: question }],
          sampling: sample === 0 ? { temperature: 0 } : { temperature: 0.8, seed: sample },
        },
      ),
  });
}

test('every task is asked once at temperature 0 and so often with sampling, and each reply is judged', async () => {
  const { pools, seconds } = await drawn();
  expect(pools).toMatchObject([
    { task: tasks[0]?.id, greedy: { key: '2', correct: true, tokens: 3, money: 6 } },
    { task: tasks[1]?.id, greedy: { key: '2', correct: false, tokens: 3, money: 6 } },
  ]);
  for (const { samples } of pools) expect(samples.map(({ key }) => key)).toEqual(['1', '2', '3']);
  expect(pools[0]?.samples.map(({ correct }) => correct)).toEqual([false, true, false]);
  expect(pools[1]?.samples.map(({ correct }) => correct)).toEqual([false, false, true]);
  expect(seconds).toBeGreaterThan(0);
});

test('the seconds of all replies add up to those of the machine', async () => {
  const { pools, seconds } = await drawn();
  const all = pools.flatMap(({ greedy, samples }) => [greedy, ...samples]);
  expect(all.reduce((sum, sample) => sum + (sample.seconds ?? 0), 0)).toBeCloseTo(seconds, 9);
});

test('who does not want the result any more ends the drawing', async () => {
  await expect(drawn(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
