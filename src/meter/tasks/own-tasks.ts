// Somebody's own tasks: JSON lines of questions and of what their answers are judged by, in two sets. On the one a strategy is
// selected, on the other it is reported. What makes a figure worthless is found before anything is asked: questions that
// come twice, that are in both sets, or that no answer can meet.
import { z } from 'zod';
import { digestOf, TiegelError } from '../../base/index.ts';
import type { AnswerFrom } from '../../reasoning/index.ts';
import { answerRule, judgeOf, votesBy } from './answer-rule.ts';

export type TaskSet = 'selection' | 'report';

export type MeterTask = {
  /** Of its question, whatever its case and white space. */
  readonly id: string;
  readonly question: string;
  readonly set: TaskSet;
  readonly isRight: (answer: string) => boolean;
  readonly votesBy: AnswerFrom;
  /** The checker that a server has for it; null where only the file knows the answer. */
  readonly checker: string | null;
};

export type TaskProblem = { readonly line: number; readonly problem: string };

const maxLines = 100_000;
const shownProblems = 5;

const line = z.strictObject({
  question: z.string().min(1).max(100_000),
  /** Short for a check of type `exact`. */
  answer: z.string().optional(),
  check: answerRule.optional(),
  set: z.enum(['selection', 'report']).optional(),
});

/** All tasks of a text, and everything that is wrong with it, line by line. */
export function readTasks(text: string): {
  readonly tasks: readonly MeterTask[];
  readonly problems: readonly TaskProblem[];
} {
  const tasks: MeterTask[] = [];
  const problems: TaskProblem[] = [];
  const seen = new Map<string, { readonly line: number; readonly set: TaskSet }>();
  const lines = text.split('\n');
  if (lines.length > maxLines)
    return { tasks, problems: [{ line: maxLines + 1, problem: `there are more than ${maxLines} lines` }] };
  for (const [index, content] of lines.entries()) {
    if (content.trim() === '') continue;
    const number = index + 1;
    const task = taskOf(content);
    if (typeof task === 'string') {
      problems.push({ line: number, problem: task });
      continue;
    }
    const before = seen.get(task.id);
    if (before === undefined) seen.set(task.id, { line: number, set: task.set });
    else {
      const where =
        before.set === task.set ? 'asks the same' : `asks the same and is in the set ${before.set}`;
      problems.push({ line: number, problem: `line ${before.line} ${where}` });
    }
    tasks.push(task);
  }
  return { tasks, problems };
}

/** @throws TGL_TASKS_INVALID that names the lines, TGL_TASKS_INVALID where there is no task */
export function requireTasks(file: string, text: string): readonly MeterTask[] {
  const { tasks, problems } = readTasks(text);
  const named = problems.slice(0, shownProblems).map((each) => `line ${each.line}: ${each.problem}`);
  if (problems.length > shownProblems) named.push(`and ${problems.length - shownProblems} more`);
  if (tasks.length === 0 && named.length === 0) named.push('there is no line in it');
  if (named.length > 0) throw new TiegelError('TGL_TASKS_INVALID', { file, problem: named.join('; ') });
  return tasks;
}

/** The set of a question that names none: half of them each, by their digest, so that added lines move no others. */
export function setOf(id: string): TaskSet {
  return Number.parseInt(id.slice(0, 2), 16) < 128 ? 'selection' : 'report';
}

export function idOf(question: string): string {
  return digestOf(question.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()).slice(0, 32);
}

function taskOf(content: string): MeterTask | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return 'it is no JSON';
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'unreadable'}`;
  }
  const { question, answer, check, set } = parsed.data;
  if ((answer === undefined) === (check === undefined)) return 'it has to have either an answer or a check';
  const rule = check ?? { type: 'exact' as const, answer: answer ?? '' };
  const isRight = judgeOf(rule, question);
  if (typeof isRight === 'string') return isRight;
  const id = idOf(question);
  return {
    ...{ id, question, set: set ?? setOf(id), isRight, votesBy: votesBy(rule) },
    checker: rule.type === 'task' ? rule.task : null,
  };
}
