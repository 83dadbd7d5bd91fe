// What the shipped model is worth to somebody who just types: over the API of a real server, greedily, on held-out problems of every
// task in wordings of the task's own and in wordings that are held out, on problems that cannot be solved, on four numbers, and
// on prompts outside all tasks; and how often a reply asserts something false. TIEGEL_BENCH_PROBLEMS sets how many problems a row has.
import { forEachConcurrently } from '../src/base/index.ts';
import { wilsonInterval } from '../src/stats/index.ts';
import {
  furtherTaskNames,
  heldOutProblems,
  heldOutPrompts,
  type TaskSample,
  type TaskSettings,
  taskNames,
} from '../src/tasks/index.ts';
import { emptyHome, type RunningServer, startServer } from '../test/end-to-end/tiegel-process.ts';
import { type BenchResult, rounded } from './bench.ts';
import { type Judgement, judgeAnswer, judgeOutside } from './shipped/judge.ts';

const problems = Number(process.env.TIEGEL_BENCH_PROBLEMS ?? 300);
const seed = 20_261_130;
const atOnce = 4;
/** A server shortens it to what the model's context has room for. */
const maxTokens = 1400;

type Question = { readonly prompt: string; readonly judge: (answer: string) => Judgement };
type Row = { readonly name: string; readonly questions: readonly Question[] };

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  process.stderr.write('starting the server; a new data directory has the shipped model assessed first\n');
  await using server = await startServer(emptyHome());
  const figures: Record<string, number> = {};
  const total = { replies: 0, false: 0 };
  process.stderr.write(`${line(['', 'right', '95 %', 'honest', 'false'])}\n`);
  for (const { name, questions } of rows()) {
    const counts: Record<Judgement, number> = { right: 0, honest: 0, false: 0, nothing: 0 };
    await forEachConcurrently(questions, atOnce, async ({ prompt, judge }) => {
      counts[judge(await ask(server, prompt))] += 1;
    });
    const { estimate, lower, upper } = wilsonInterval(counts.right, questions.length);
    const share = (count: number): string => percentText(count / questions.length);
    const interval = `${percentText(lower)} to ${percentText(upper)}`;
    process.stderr.write(
      `${line([name, percentText(estimate), interval, share(counts.honest), share(counts.false)])}\n`,
    );
    figures[name] = rounded(estimate);
    total.replies += questions.length;
    total.false += counts.false;
  }
  figures.falseOfAllReplies = rounded(total.false / total.replies);
  process.stderr.write(`of ${total.replies} replies ${total.false} assert something false\n`);
  return { ratios: {}, figures: { ...figures, problems }, rounds: 1 };
}

function rows(): readonly Row[] {
  const row = (name: string, samples: readonly TaskSample[]): Row => ({
    name,
    questions: samples.map((sample) => ({
      prompt: sample.prompt,
      judge: (answer) => judgeAnswer(sample, answer),
    })),
  });
  const of = (task: Parameters<typeof heldOutProblems>[0], settings: TaskSettings = {}) =>
    heldOutProblems(task, seed, problems, settings);
  const larger = { highest: 25 };
  return [
    ...[...taskNames, ...furtherTaskNames].flatMap((task) => [
      row(task, of(task)),
      row(`${task}, unseen wordings`, of(task, { wordings: 'held-out' })),
    ]),
    row('word problems, unknown names', of('chain-arithmetic', { names: 'held-out' })),
    row('countdown, numbers to 25', of('countdown', { difficulty: larger })),
    row('countdown, cannot be solved', of('countdown', { difficulty: { ...larger, unsolvable: 100 } })),
    row('countdown, four numbers', of('countdown', { difficulty: { ...larger, numbers: 4 } })),
    {
      name: 'outside all tasks',
      questions: heldOutPrompts['all-tasks'].map(({ prompt, language }) => ({
        prompt,
        judge: (answer) => judgeOutside(language, answer),
      })),
    },
  ];
}

/** The answer to a question; a reply that is refused or never ends its thinking has none. */
async function ask({ url, key, model }: RunningServer, prompt: string): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: prompt }],
      temperature: 0,
      max_tokens: maxTokens,
    }),
  });
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
  const { choices } = (await response.json()) as {
    choices: readonly [{ message: { content: string | null } }];
  };
  return choices[0].message.content ?? '';
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function line([first = '', ...cells]: readonly string[]): string {
  return [first.padEnd(36), ...cells.map((cell) => cell.padStart(18))].join('');
}
