// Reports of runs that nobody trained: what they state, what they refuse, and that a text of a model stays a text.
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FixtureOptions, writeRun } from './fixture.ts';
import { reportOnRuns } from './write-report.ts';

const directory = writeRun();
const report = reportOnRuns([directory]);

const statementsOf = (options: FixtureOptions): readonly string[] =>
  reportOnRuns([writeRun(options)]).summary.flatMap(({ statements }) => statements);

describe('the statement about a gain', () => {
  test('is made where every interval lies above 0', () => {
    expect(report.summary[0]?.statements).toEqual([
      'countdown: gain shown. It is ahead of the start and of both controls. Lead of grpo in points of pass@1: ' +
        '+10.0 (8.0 to 12.0) over start; +8.0 (6.0 to 10.0) over sft-continued; ' +
        '+6.0 (4.0 to 8.0) over rejection-sampling.',
    ]);
  });

  test('is not made where one control may have done as well', () => {
    const [statement] = statementsOf({ reach: 0.07 });
    expect(statement).toMatch(/^countdown: no gain shown\. Over rejection-sampling the interval holds 0\./);
  });

  test('is not made without both controls, however far ahead of the start', () => {
    const [statement] = statementsOf({ rates: { start: 0.1, 'sft-continued': 0.2, grpo: 0.9 } });
    expect(statement).toMatch(/^countdown: no gain shown\. There is no comparison with rejection-sampling\./);
  });

  test('says so where a control is better', () => {
    const rates = { start: 0.5, 'sft-continued': 0.9, 'rejection-sampling': 0.6, grpo: 0.7 };
    const [statement] = statementsOf({ rates });
    expect(statement).toMatch(
      /^countdown: worse\. It is behind sft-continued\..*−20\.0 \(−22\.0 to −18\.0\)/,
    );
  });
});

test('what went wrong stands at the head, in both forms', () => {
  const run = writeRun();
  const path = join(run, 'grpo', 'metrics.jsonl');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const last = JSON.parse(lines.at(-1) as string);
  const policy = { ...last.policy, withoutSignal: 1, cutOff: 0.9 };
  const further = Array.from({ length: 10 }, (_, index) => ({
    ...last,
    step: last.step + 1 + index,
    policy,
  }));
  writeFileSync(path, `${[...lines, ...further.map((line) => JSON.stringify(line))].join('\n')}\n`);
  const both = reportOnRuns([run]);
  for (const text of [both.html(), both.markdown()]) {
    expect(text).toContain('What went wrong');
    expect(text).toMatch(/grpo: There was nothing to learn from/);
    expect(text).toMatch(/the token limit cut off 90 %/);
  }
  expect(report.html()).not.toContain('What went wrong');
});

describe('arms that are no rivals', () => {
  test('stand in the tables without a verdict about a gain', () => {
    const run = writeRun();
    const { arms } = JSON.parse(readFileSync(join(run, 'grpo', 'result.json'), 'utf8'));
    const [start, , , last] = arms;
    const types = [
      { ...start, name: 'q4_0' },
      { ...last, name: 'f32' },
    ];
    writeFileSync(join(run, 'quantised', 'result.json'), JSON.stringify({ arms: types }));
    const both = reportOnRuns([run]);
    expect(both.summary[0]?.statements.at(-1)).toBe(
      'countdown: Lead of f32 in points of pass@1: +10.0 (8.0 to 12.0) over q4_0.',
    );
    expect(both.html().match(/<li><strong class="\w+">countdown/g)).toHaveLength(1);
    expect(both.html()).toContain('Lead of f32, points');
  });
});

describe('the page', () => {
  const page = report.html();

  test('has a figure for every curve, the comparison, rollouts and what it was made from', () => {
    const titles = [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Lead of grpo over each arm',
      'countdown: accuracy over thinking budget',
      'countdown: pass@k',
      'Reward, mean',
      'Accuracy of rollouts',
      'Completion length, tokens',
      'Entropy, nats a token',
      'KL to the reference, nats a token',
      'Clip fraction',
      'Groups without signal',
      'Cut off by the limit',
      'Loss of grpo, surrogate',
      'Loss of sft, nats a token',
      'Loss of the controls of grpo, nats a token',
    ]);
    expect(page).toContain('countdown: gain shown');
    expect(page).toContain('2 times');
    expect(page).toContain('the operator stated: given');
    expect(page).toContain(report.summary[0]?.recipeDigest);
    expect(page).toContain('Whether another seed would give the same result.');
  });

  test('asks nothing of anybody and holds no number that is none', () => {
    expect(page).not.toMatch(/(src|href)=|url\(|@import|<script/);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('is the same for the same files', () => {
    expect(reportOnRuns([directory]).html()).toBe(page);
  });

  test('keeps texts of models as texts', () => {
    const skeleton = (text: string): string =>
      (
        reportOnRuns([writeRun({ text })])
          .html()
          .match(/<[^>]*>/g) ?? []
      ).join('');
    const usual = skeleton('plain');
    const words = ['<script>', '</pre>', '"', "' onload='", '&lt;', '-->', '\u202e', '\u0000', 'x'];
    const hostile = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(hostile, (parts) => {
        expect(skeleton(parts.join(''))).toBe(usual);
      }),
      { numRuns: 15 },
    );
  });
});

describe('other forms', () => {
  test('Markdown has a table a task, with intervals', () => {
    const card = report.markdown();
    expect(card).toContain('| grpo | 1.0 | 80.0 % (76.0 to 84.0) | 80.0 % (76.0 to 84.0) | 72 | – |');
    expect(card).toContain('### What the figures do not say');
  });

  test('every figure is an SVG file that stands alone', () => {
    const figures = report.figures();
    expect(figures.map(({ name }) => name)).toContain('grpo-entropy');
    for (const { svg } of figures) {
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="chart" viewBox="0 0 \d+ \d+" width="\d+"/,
      );
      expect(svg).not.toContain('light-dark');
      expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
    }
  });

  test('runs side by side share the charts', () => {
    const page = reportOnRuns([directory, writeRun()]).html();
    expect(page.match(/aria-label="Reward, mean"/g)).toHaveLength(1);
    expect(page).toContain('2 runs side by side');
    expect(page).toContain('Which of these runs is better');
  });
});

describe('a run that is not finished', () => {
  test('is drawn as far as it is, without the line that is being written', () => {
    const unfinished = writeRun();
    for (const path of ['training-record.json', 'grpo/result.json', 'evaluation/result.json'])
      rmSync(join(unfinished, path));
    const metrics = join(unfinished, 'grpo', 'metrics.jsonl');
    const [first, second] = readFileSync(metrics, 'utf8').split('\n');
    writeFileSync(metrics, `${first}\n${second}\n{"step":3,"lo`);
    const going = reportOnRuns([unfinished]);
    const [summary] = going.summary;
    expect(summary?.finished).toBe(false);
    expect(summary?.stages.map(({ progress }) => progress)).toEqual([
      'done',
      'under way at step 2 of 7',
      'not begun',
      'done',
    ]);
    const page = going.html();
    expect(page).toContain('Drawn as far as it is.');
    expect(page).toContain('No: no stage of reinforcement learning has been compared');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('a run that cannot be read', () => {
  const refused = (change: (run: string) => void): (() => unknown) => {
    const run = writeRun();
    change(run);
    return () => reportOnRuns([run]);
  };
  const error = (path: RegExp) =>
    expect.objectContaining({ code: 'TGL_RUN_INVALID', message: expect.stringMatching(path) });

  test('is named where it is no run at all', () => {
    expect(() => reportOnRuns([join(directory, 'nowhere')])).toThrow(error(/nowhere: it holds no recipe/));
  });

  test('is named with file and line where something is damaged', () => {
    const change = (path: string, text: string) => refused((run) => writeFileSync(join(run, path), text));
    expect(change('sft/metrics.jsonl', '{"step":1\n{}\n')).toThrow(
      error(/metrics\.jsonl: line 1 is not JSON/),
    );
    expect(change('grpo/rollouts.jsonl', '{"step":1}\n')).toThrow(error(/rollouts\.jsonl: line 1 .*task/));
    expect(change('grpo/result.json', '{"arms":[{}]}')).toThrow(error(/result\.json: the file .*arms\.0/));
    expect(change('training-record.json', '{}')).toThrow(error(/training-record\.json/));
  });

  test('is named where the record belongs to another recipe', () => {
    const other = refused((run) => {
      const path = join(run, 'training-record.json');
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/"recipeDigest":"\w{4}/, '"recipeDigest":"0000'),
      );
    });
    expect(other).toThrow(error(/another recipe/));
  });

  test('loses metrics that are no numbers', () => {
    const broken = refused((run) =>
      appendFileSync(join(run, 'sft', 'metrics.jsonl'), '{"step":9,"loss":null}\n'),
    );
    expect(broken).toThrow(error(/line 241 .*loss/));
  });
});
