// `tiegel meter` as a user runs it: the shipped model is calibrated on problems that it was taught on, reported on others as text and as
// a page, its budgets are compared, and a server started with what was calibrated gives it to requests with an effort.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { emptyHome, type Finished, startServer, tiegel } from './tiegel-process.ts';

const home = emptyHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

const within = { timeout: 240_000 };

async function json<Value>(...words: readonly string[]): Promise<Value> {
  const { code, stdout, stderr } = await tiegel(home, 'meter', ...words, '--json');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as Value;
}

type Calibrated = {
  readonly file: string;
  readonly isOff: boolean;
  readonly selected: { readonly type: string };
  readonly tried: readonly { readonly strategy: { readonly type: string }; readonly baseline: string }[];
};

let kept = '';

describe('a model of this program', () => {
  test('is calibrated, and everything that was tried is told', within, async () => {
    const calibrated = await json<Calibrated>(
      'calibrate',
      'tiegel-nano',
      '--problems',
      '20',
      '--samples',
      '3',
      '--effort',
      'low',
    );
    kept = calibrated.file;
    expect(calibrated.tried.map(({ strategy }) => strategy.type)).toContain('greedy');
    expect(calibrated.isOff).toBe(calibrated.selected.type === 'greedy');
    expect(readFileSync(kept, 'utf8')).toContain('"signature"');
  });

  test(
    'is reported on other problems, with an interval to each cost and its kind to the energy',
    within,
    async () => {
      const { rows, energy } = await json<{
        readonly rows: readonly { readonly costs: { readonly tokens: object } }[];
        readonly energy: { readonly method: string };
      }>(
        'report',
        'tiegel-nano',
        '--problems',
        '20',
        '--effort',
        'low',
        '--core-watts',
        '3:10',
        '--purchase',
        '600',
      );
      expect(rows.length).toBeGreaterThan(1);
      for (const { costs } of rows)
        expect(costs.tokens).toMatchObject({
          type: 'estimated',
          estimate: expect.any(Number),
          lower: expect.any(Number),
          upper: expect.any(Number),
        });
      expect(['measured', 'modelled']).toContain(energy.method);
    },
  );

  test('is reported as one page with a curve of budgets', within, async () => {
    const out = join(home, 'report.html');
    const words = ['--problems', '20', '--effort', 'low', '--format', 'html', '--out', out];
    const hosted = ['--hosted', 'openrouter/deepseek-r1-distill-qwen-7b'];
    const { code, stdout } = await tiegel(home, 'meter', 'report', 'tiegel-nano', ...words, ...hosted);
    expect([code, stdout]).toEqual([0, expect.stringContaining(out)]);
    const page = readFileSync(out, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).toContain('tokens of thinking');
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test('is compared by budgets, alone and as a cascade', within, async () => {
    const { rows } = await json<{ readonly rows: readonly { readonly name: string }[] }>(
      ...['compare', 'tiegel-nano', '--problems', '12', '--budgets', '32,none', '--cascade'],
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'tiegel-nano, 32 tokens of thinking',
      'tiegel-nano, any number of tokens of thinking',
      expect.stringContaining('cascade'),
    ]);
  });

  test(
    'is served with what was calibrated, and a calibration that was changed is refused',
    within,
    async () => {
      const changed = join(home, 'changed.json');
      writeFileSync(changed, readFileSync(kept, 'utf8').replace('"samples": 3', '"samples": 4'));
      const refused = await tiegel(home, 'up', '--effort-policy', changed);
      expect([refused.code === 0, refused.stderr]).toEqual([
        false,
        expect.stringContaining('changed after it was signed'),
      ]);
      await using server = await startServer(home, '--open-metrics', '--effort-policy', kept);
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ model: 'tiegel-nano', reasoning_effort: 'low' },
          messages: [{ role: 'user', content: 'Use 3, 5 and 6 once each with + - * to make 21.' }],
        }),
      });
      expect(response.status).toBe(200);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toContain('tiegel_effort_policy_replies{model="tiegel-nano",effort="low"} 1');
    },
  );
});

const said = ({ code, stdout, stderr }: Finished): string => `${code} ${stdout}${stderr}`;

describe('files of one’s own', () => {
  const tasks = join(home, 'tasks.jsonl');

  test('are linted line by line', async () => {
    writeFileSync(
      tasks,
      '{"question": "Why?"}\n{"question": "What?", "answer": "7"}\n{"question": "what? ", "answer": "7"}\n',
    );
    const text = said(await tiegel(home, 'meter', 'lint', tasks));
    expect(text).toMatch(/^[^0]/);
    expect(text).toContain('1');
    expect(text).toContain('either an answer or a check');
    expect(text).toContain('asks the same');
  });

  test('with too few tasks, or none at all, are refused before a model is asked', async () => {
    writeFileSync(tasks, '{"question": "What?", "answer": "7"}\n');
    expect(said(await tiegel(home, 'meter', 'calibrate', '--tasks', tasks))).toContain(
      'at least 10 are needed',
    );
    expect(said(await tiegel(home, 'meter', 'calibrate', '--tasks', join(home, 'none.jsonl')))).toContain(
      'cannot be read',
    );
  });

  test('of requests are planned with, and a line that is none is named', async () => {
    const trace = join(home, 'trace.jsonl');
    const line = (second: number): string =>
      JSON.stringify({ at: 1_000 * second, prompt_tokens: 100, completion_tokens: 50 });
    writeFileSync(trace, `${Array.from({ length: 200 }, (_, second) => line(second)).join('\n')}\n`);
    const speeds = ['--speeds', '1:40,4:150,16:480'];
    const { code, stdout } = await tiegel(home, 'meter', 'plan', trace, ...speeds);
    expect([code, stdout]).toEqual([0, expect.stringContaining('replicas')]);
    writeFileSync(trace, `${line(1)}\n{"at": 1}\n`);
    expect(said(await tiegel(home, 'meter', 'plan', trace, ...speeds))).toContain('line 2');
  });
});

test.each([
  [['report', '--effort', 'much'], '--effort is much; expected one of none'],
  [['report', '--format', 'pdf'], '--format is pdf; expected one of text, html'],
  [['report', '--out', 'x.html'], '--out is for --format html'],
  [['report', '--hosted', 'nobody/nothing'], 'No price of nobody/nothing is known'],
  [['report', '--core-watts', '9'], '--core-watts is 9'],
  [['compare', '--budgets', 'few'], '--budgets is few'],
])('meter %j is refused with what was received', async (words, problem) => {
  const finished = await tiegel(home, 'meter', ...words);
  expect(finished.code).not.toBe(0);
  expect(said(finished)).toContain(problem);
});
