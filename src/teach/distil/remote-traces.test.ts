// A teacher played by a script: what its replies become, and what is left when it stops.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createScriptedEngine, type ScriptedEngineOptions } from '../../engine/index.ts';
import { sampleTask } from '../../tasks/index.ts';
import { loadRecipe } from '../recipe.ts';
import type { Kept } from '../reject.ts';
import { rolloutJobs } from '../rollout.ts';
import type { TraceDistilStage } from '../stages/distil-stage.ts';
import { taskTokenizer } from '../vocabulary.ts';
import { gatherRemoteTraces } from './remote-traces.ts';

const tokenizer = taskTokenizer();
const [, onPolicy] = loadRecipe('distil').stages;
const stage = {
  ...(onPolicy as TraceDistilStage),
  method: 'traces',
  teacher: { endpoint: 'http://teacher.invalid/v1', model: 't', server: 'compatible', contextLength: 4096 },
  problems: 6,
  samples: 2,
  keep: 1,
  epochs: 1,
  batch: 2,
} as TraceDistilStage;
const seed = 5;
const subset = { from: 0.5, below: 1 };
const problems = rolloutJobs({ ...stage, seed, subset }, stage.problems, [1, 0])
  .flatMap((job) => job.problems)
  .map(({ task, index }) => sampleTask(task, seed, index, { split: 'train', subset }));

/** Right about every problem but those that it is told to fail; `asked` collects the prompts. */
function teacherOf(
  options: { wrong?: readonly number[]; asked?: string[] } & Partial<ScriptedEngineOptions>,
) {
  const { wrong = [], asked = [], ...rest } = options;
  return createScriptedEngine({
    model: 'teacher',
    slots: 1,
    capabilities: { promptForm: 'messages' },
    reply: ({ turn }) => {
      const prompt = turn!.messages[0]!.content;
      asked.push(prompt);
      const place = problems.findIndex((problem) => problem.prompt === prompt);
      const { trace, answer } = problems[place]!;
      return ['<think>\n', trace, '\n</think>\n', wrong.includes(place) ? 'I do not know.' : answer];
    },
    ...rest,
  });
}

const directoryOf = () => mkdtempSync(join(tmpdir(), 'tiegel-traces-'));
const keptIn = (directory: string): Kept => JSON.parse(readFileSync(join(directory, 'kept.json'), 'utf8'));
const gather = async (directory: string, engine: ReturnType<typeof teacherOf>) => {
  await using teacher = engine;
  const options = { directory, seed, subset, stageIndex: 1, tokenizer, contextLength: 512 };
  await gatherRemoteTraces(teacher, stage, options);
};

test('replies that the verifier accepts become samples in the student’s own tokens', async () => {
  const directory = directoryOf();
  await gather(directory, teacherOf({ wrong: [2] }));
  const kept = keptIn(directory);
  expect(kept).toMatchObject({ problems: 6, completions: 12, accepted: 10, flops: 0 });
  expect(kept.samples).toHaveLength(5);
  const { prompt, trace, answer } = problems[0]!;
  expect(tokenizer.decode(kept.samples[0]!.tokens)).toBe(
    `<|user|>${prompt}<|assistant|><think>\n${trace}\n</think>\n${answer}<|end|>`,
  );
  expect(tokenizer.decode(kept.samples[0]!.tokens.slice(kept.samples[0]!.completionStart))).toMatch(
    new RegExp(`^${trace.slice(0, 3).replace(/[^a-z0-9 ]/gi, '.')}`),
  );
});

test('a teacher that stops half-way costs no answer: the rest is asked when the run goes on', async () => {
  const [whole, broken] = [directoryOf(), directoryOf()];
  await gather(whole, teacherOf({}));
  const failure = (_: unknown, index: number) =>
    index === 7 ? ({ type: 'crash', afterTokens: 1 } as const) : undefined;
  await expect(gather(broken, teacherOf({ failure }))).rejects.toMatchObject({
    code: 'TGL_TEACHER_STOPPED',
    details: { done: 3, wanted: 6 },
  });
  // The machine went down as well, in the middle of a line.
  const path = join(broken, 'traces.jsonl');
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"problem":4,"sam`);
  const asked: string[] = [];
  await gather(broken, teacherOf({ asked }));
  expect(new Set(asked)).toEqual(new Set(problems.slice(3).map(({ prompt }) => prompt)));
  expect(keptIn(broken)).toEqual(keptIn(whole));
});

test('a teacher that is not needed any more is not asked', async () => {
  const directory = directoryOf();
  await gather(directory, teacherOf({}));
  const asked: string[] = [];
  await gather(directory, teacherOf({ asked }));
  expect(asked).toEqual([]);
});

test('answers that are damaged are refused with file and line before anything is asked', async () => {
  const directory = directoryOf();
  const path = join(directory, 'traces.jsonl');
  const damaged = '{"problem":0,"samples":[],"completions":2,"accepted":0}\n{"problem":1,"samples":[]}\n';
  writeFileSync(path, damaged);
  const asked: string[] = [];
  await expect(gather(directory, teacherOf({ asked }))).rejects.toMatchObject({
    code: 'TGL_RUN_INVALID',
    details: { path, problem: expect.stringContaining('line 2') },
  });
  expect(asked).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe(damaged);
});
