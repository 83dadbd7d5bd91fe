// The rows from which a job learns, one JSON object per line: from our own tasks, or from the operator's file, each checked before
// anything is sent.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import { sampleTask } from '../../tasks/index.ts';
import { verifiers } from '../rewards/verifiers.ts';
import type { ClusterData, ClusterRecipe } from './cluster-recipe.ts';

/** A problem for `grpo`, together with what verifies it. */
export type ProblemRow = {
  readonly prompt: string;
  readonly task: string;
  readonly verifier: string;
  readonly ground_truth: string;
};

/** A worked example for `sft`. */
export type TraceRow = { readonly prompt: string; readonly completion: string };

const text = z.string().min(1).max(1_000_000);
const problemRow: z.ZodType<ProblemRow> = z.strictObject({
  prompt: text,
  task: text.max(200),
  verifier: z.enum(Object.keys(verifiers)),
  ground_truth: text,
});
const traceRow: z.ZodType<TraceRow> = z.strictObject({ prompt: text, completion: text });

/** @throws TGL_DATA_SET_INVALID that names line and field, TGL_USAGE if a file is missing or superfluous */
export function jobRows(recipe: ClusterRecipe, file: string | undefined): readonly (ProblemRow | TraceRow)[] {
  const { data, stage } = recipe;
  if (data.type === 'file' && file === undefined) {
    const fields = stage.stage === 'grpo' ? 'prompt, task, verifier, ground_truth' : 'prompt, completion';
    const problem = `The recipe ${recipe.name} learns from a file of yours: add --data FILE (JSON lines with ${fields}).`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  if (data.type === 'tasks') {
    if (file === undefined) return taskRows(data, stage.stage, recipe.seed);
    throw new TiegelError('TGL_USAGE', {
      problem: `--data is for recipes that learn from a file; ${recipe.name} does not.`,
    });
  }
  const path = file as string;
  return stage.stage === 'grpo' ? readRows(path, problemRow) : readRows(path, traceRow);
}

function taskRows(
  { tasks, problems }: Extract<ClusterData, { type: 'tasks' }>,
  stage: 'sft' | 'grpo',
  seed: number,
): readonly (ProblemRow | TraceRow)[] {
  return Array.from({ length: problems }, (_, row) => {
    const task = tasks[row % tasks.length] as (typeof tasks)[number];
    const index = Math.floor(row / tasks.length);
    const { prompt, trace, answer } = sampleTask(task, seed, index, { split: 'train' });
    if (stage === 'sft') return { prompt, completion: `<think>\n${trace}\n</think>\n\n${answer}` };
    return { prompt, task, verifier: task, ground_truth: JSON.stringify({ seed, index, split: 'train' }) };
  });
}

function readRows<Row>(path: string, schema: z.ZodType<Row>): readonly Row[] {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason }, { cause });
  }
  const rows = content
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [[line, index + 1] as const]));
  if (rows.length === 0) throw invalid(path, 1, '', 'it holds no rows');
  return rows.map(([line, number]) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw invalid(path, number, '', (cause as Error).message);
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw invalid(path, number, issue?.path.join('.') ?? '', issue?.message ?? '');
  });
}

function invalid(file: string, line: number, column: string, problem: string): TiegelError {
  const repair = 'every line is one JSON object with the fields that `tiegel teach submit --help` names';
  return new TiegelError('TGL_DATA_SET_INVALID', {
    file,
    line,
    column: column || 'the line',
    problem,
    repair,
  });
}
