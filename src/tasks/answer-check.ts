// Checks answers to a question as somebody typed it. A question is read by writing it again: its numbers say which problems it may
// ask for, and it asks for the one that some wording of the task turns into the same text.
import { countdown } from './countdown/countdown.ts';
import { multiplication } from './multiplication/multiplication.ts';
import type { Task, Verification } from './task.ts';

type AnswerCheck = (answer: string) => Verification;

/** Longer texts are no question of a task. */
const maxQuestionLength = 500;

/** By task, how answers to a question are checked; undefined for a question of another kind. */
export const answerChecks: ReadonlyMap<string, (question: string) => AnswerCheck | undefined> = new Map([
  [countdown.name, checkOf(countdown)],
  [multiplication.name, checkOf(multiplication)],
]);

function checkOf<Problem, Difficulty>(
  task: Task<Problem, Difficulty>,
): (question: string) => AnswerCheck | undefined {
  return (question) => {
    if (question.length > maxQuestionLength) return undefined;
    const asked = withoutEnd(question);
    const numbers = (asked.match(/\d+/g) ?? []).map(Number);
    const problem = task.problemsWith?.(numbers).find((candidate) => wordingsOf(task, candidate).has(asked));
    return problem === undefined ? undefined : (answer) => task.verify(problem, answer.trim());
  };
}

function wordingsOf<Problem, Difficulty>(task: Task<Problem, Difficulty>, problem: Problem): Set<string> {
  const variants = Array.from({ length: task.promptVariants }, (_, variant) => variant);
  return new Set(
    (['en', 'de'] as const).flatMap((language) =>
      variants.map((variant) => withoutEnd(task.prompt(problem, language, variant))),
    ),
  );
}

/** People often leave out the last full stop or question mark. */
function withoutEnd(text: string): string {
  return text.trim().replace(/[.?]$/, '').trimEnd();
}
