// The tasks and the model of a `tiegel meter` command.
import { readFileSync, statSync } from 'node:fs';
import { exitCodeOf, outdatedSince } from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import { type Catalog, openCatalog } from '../catalog/index.ts';
import type { Engine } from '../engine/index.ts';
import { prepareModel, remoteTemplate, startAdmitted } from '../host/index.ts';
import { type MeterTask, programTasks, requireTasks, type TaskSet } from '../meter/index.ts';
import { type ConverseRequest, type Effort, efforts, servedTurn } from '../reasoning/index.ts';
import { answerChecks, type TaskName, taskNames } from '../tasks/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { printAssessment } from './print-assessment.ts';

export type TaskFlags = { readonly tasks?: string; readonly problems?: string };

/** @throws TGL_USAGE */
export function effortOf(text: string | undefined): Effort | null {
  if (text === undefined) return null;
  const found = efforts.find((effort) => effort === text);
  if (found !== undefined) return found;
  throw new TiegelError('TGL_USAGE', {
    problem: `--effort is ${text}; expected one of ${efforts.join(', ')}.`,
  });
}

const usualProblems = 300;
const maxFileBytes = 256 * 1024 * 1024;

/** @throws TGL_USAGE for what cannot be read as a file of text */
export function readTextFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > maxFileBytes) throw new Error(`it has ${size} bytes, of at most ${maxFileBytes}`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TiegelError('TGL_USAGE', { problem: `${file} cannot be read: ${reason}.` }, { cause });
  }
}

/** The tasks of one set. @throws TGL_USAGE, TGL_TASKS_INVALID */
export function tasksOf({ tasks = 'countdown', problems }: TaskFlags, set: TaskSet): readonly MeterTask[] {
  const most = wholeNumber('--problems', problems, 10, 100_000) ?? usualProblems;
  const all = taskNames.includes(tasks as TaskName)
    ? programTasks(tasks as TaskName, { selection: 0, report: 0, [set]: most }, [...answerChecks.keys()])
    : requireTasks(tasks, readTextFile(tasks));
  const chosen = all.filter((task) => task.set === set).slice(0, most);
  if (chosen.length < 10)
    throw new TiegelError('TGL_TASKS_INVALID', {
      file: tasks,
      problem: `there are ${chosen.length} tasks in the set ${set}, at least 10 are needed`,
    });
  return chosen;
}

export type MeteredModel = {
  readonly name: string;
  readonly admissionKey: string;
  readonly engine: Engine;
  readonly catalog: Catalog;
  /** A greedy turn; `change` says what is different about it. */
  readonly requestOf: (
    task: MeterTask,
    change: {
      readonly temperature: number;
      readonly seed?: number;
      readonly budget?: number | null;
      readonly effort?: Effort | null;
    },
  ) => ConverseRequest;
};

/** Brings a model to admission, as for serving it, and lets it be asked. */
export async function withMeteredModel(
  context: CommandContext,
  model: string | undefined,
  work: (metered: MeteredModel) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const { name, battery, readiness } = await prepareModel(context, catalog, model);
  if (!readiness.ready) {
    printAssessment(terminal, name, battery, readiness.assessment);
    terminal.note(`${name} was not admitted, so nothing is measured.`);
    return exitCodeOf(readiness.assessment.verdict);
  }
  const { admitted } = readiness;
  const template = 'template' in admitted ? admitted.template : remoteTemplate(admitted.remote);
  await using engine = await startAdmitted(context, admitted);
  return await work({
    ...{ name, engine, catalog, admissionKey: admitted.admissionKey },
    requestOf: ({ question }, { temperature, seed, budget, effort }) =>
      servedTurn(
        { serving: admitted.serving, template, engine },
        {
          messages: [{ role: 'user', content: question }],
          sampling: { temperature, seed },
          thinking: {
            ...(budget !== undefined && { maxThinkingTokens: budget }),
            ...(effort && { effort }),
          },
        },
      ),
  });
}
