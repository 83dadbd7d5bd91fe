// Word problems as text, and the thinking about them: the start value, then one line per step that opens with the
// step's verb and computes a product before it is used.
//
//   14
//   buys 3*6=18 14+18=32
//   gives 32-5=27
import type { Language } from '../task.ts';
import { type ChainProblem, type ChainStep, chainValues } from './problem.ts';
import { chainWords, names, type Verb } from './words.ts';

/** `story` is the list of what happened, from the first verb to the full stop's place. */
type Frame = (name: string, start: number, things: string, story: string) => string;

const frames: Readonly<Record<Language, readonly Frame[]>> = {
  en: [
    (name, start, things, story) =>
      `${name} has ${start} ${things}, ${story}. How many ${things} does ${name} have now?`,
    (name, start, things, story) =>
      `${name} has ${start} ${things}. ${name} ${story}. How many ${things} does ${name} have in the end?`,
    (name, start, things, story) =>
      `At first ${name} has ${start} ${things}. Then ${name} ${story}. How many are left?`,
    (name, start, things, story) =>
      `How many ${things} does ${name} have in the end? ${name} has ${start} ${things}, ${story}.`,
  ],
  de: [
    (name, start, things, story) =>
      `${name} hat ${start} ${things}, ${story}. Wie viele ${things} hat ${name} jetzt?`,
    (name, start, things, story) =>
      `${name} hat ${start} ${things}. ${name} ${story}. Wie viele ${things} hat ${name} am Ende?`,
    (name, start, things, story) =>
      `Zuerst hat ${name} ${start} ${things}. ${name} ${story}. Wie viele sind es jetzt?`,
    (name, start, things, story) =>
      `Wie viele ${things} hat ${name} am Ende? ${name} hat ${start} ${things}, ${story}.`,
  ],
};

export const chainPromptVariants: number = frames.en.length;

/** The problem in words; `variant` counts modulo the number of frames. */
export function chainPrompt(problem: ChainProblem, language: Language, variant = 0): string {
  const { name, start, things, story } = chainParts(problem, language);
  const frame = frames[language][variant % chainPromptVariants] as Frame;
  return frame(name, start, things, story);
}

/** What a wording may put in: who has how many of what at first, and what happens, from the first verb on. */
export function chainParts(
  problem: ChainProblem,
  language: Language,
): { readonly name: string; readonly start: number; readonly things: string; readonly story: string } {
  const { start, steps, name, thing, spelled } = problem;
  const words = chainWords[language];
  const events = steps.map((step) => eventText(step, problem.container, language));
  const last = events.pop();
  return {
    name: spelled?.name ?? (names[name] as string),
    start,
    things: spelled?.things ?? (words.things[thing] as string),
    story: events.length === 0 ? `${last}` : `${events.join(', ')} ${words.and} ${last}`,
  };
}

/** The thinking, in the language of the prompt. */
export function chainTrace(problem: ChainProblem, language: Language): string {
  const values = chainValues(problem);
  const lines = problem.steps.map((step, position) => {
    const [value, next] = [values[position], values[position + 1]];
    return `${verbOf(step, language).before.split(' ')[0]} ${calculation(step, value as number, next as number)}`;
  });
  return [problem.start, ...lines].join('\n');
}

function calculation({ kind, groups, size }: ChainStep, value: number, next: number): string {
  if (kind === 'times') return `${value}*${size}=${next}`;
  const amount = groups * size;
  const product = groups === 1 ? '' : `${groups}*${size}=${amount} `;
  return `${product}${value}${kind === 'gain' ? '+' : '-'}${amount}=${next}`;
}

function eventText(step: ChainStep, container: number, language: Language): string {
  const { containers, each } = chainWords[language];
  const { before, after } = verbOf(step, language);
  if (step.kind === 'times') return before;
  const amount =
    step.groups === 1 ? step.size : `${step.groups} ${containers[container]} ${each} ${step.size}`;
  return after === '' ? `${before} ${amount}` : `${before} ${amount} ${after}`;
}

function verbOf({ kind, verb }: ChainStep, language: Language): Verb {
  return chainWords[language][kind][verb] as Verb;
}
