// The verifiers of the reward server by name. All of them are bounded parsers: nothing of a completion is ever
// evaluated. A ground truth that cannot be read makes a completion unscorable, not wrong.
import { digestOfJson } from '../../base/index.ts';
import { sampleTask, taskNames, taskVersions } from '../../tasks/index.ts';

export type Judgement = { readonly correct: boolean | null; readonly reason: string };

/** @param answer what follows the think block */
type Verifier = {
  readonly version: string;
  readonly judge: (groundTruth: string, answer: string) => Judgement;
};

/**
 * `countdown`, `multiplication`, `chain-arithmetic`: the ground truth is `{"seed", "index", "split"}` of the problem.
 * `number`: a decimal number, compared with the last one that stands in a box or, without a box, in the answer.
 * `exact`: a text, compared without case and outer white space, with the box or, without one, the whole answer.
 */
export const verifiers: Readonly<Record<string, Verifier>> = {
  ...Object.fromEntries(taskNames.map((task) => [task, taskVerifier(task)])),
  number: { version: 'number-1', judge: sameNumber },
  exact: { version: 'exact-1', judge: sameText },
};

/** One name for the versions of all verifiers: it changes when any decision may change. */
export const verifierVersion: string = digestOfJson(
  Object.fromEntries(Object.entries(verifiers).map(([name, { version }]) => [name, version])),
).slice(0, 16);

function taskVerifier(task: (typeof taskNames)[number]): Verifier {
  return {
    version: taskVersions[task],
    judge: (groundTruth, answer) => {
      const reference = readReference(groundTruth);
      if (reference === undefined) return { correct: null, reason: 'the ground truth names no problem' };
      const { seed, index, split } = reference;
      return sampleTask(task, seed, index, { split }).verify(answer.trim());
    },
  };
}

type ProblemReference = {
  readonly seed: number;
  readonly index: number;
  readonly split: 'train' | 'held-out';
};

function readReference(groundTruth: string): ProblemReference | undefined {
  let value: unknown;
  try {
    value = JSON.parse(groundTruth);
  } catch {
    return undefined;
  }
  const { seed, index, split } = (value ?? {}) as Partial<ProblemReference>;
  const counts = [seed, index].every((number) => Number.isSafeInteger(number) && (number as number) >= 0);
  return counts && (split === 'train' || split === 'held-out') ? (value as ProblemReference) : undefined;
}

function sameNumber(groundTruth: string, answer: string): Judgement {
  const expected = numberIn(groundTruth);
  if (expected === undefined) return { correct: null, reason: 'the ground truth is not a number' };
  const received = numberIn(boxed(answer) ?? answer);
  if (received === undefined) return { correct: false, reason: 'the answer holds no number' };
  const correct = received === expected;
  return { correct, reason: correct ? 'the number is right' : `${received} is not ${expected}` };
}

function sameText(groundTruth: string, answer: string): Judgement {
  const expected = normalised(groundTruth);
  if (expected === '') return { correct: null, reason: 'the ground truth is empty' };
  const correct = normalised(boxed(answer) ?? answer) === expected;
  return { correct, reason: correct ? 'the text is right' : 'it is another text' };
}

/** The content of the last `\boxed{…}`, with matched braces. */
function boxed(answer: string): string | undefined {
  const opening = '\\boxed{';
  const start = answer.lastIndexOf(opening);
  if (start < 0) return undefined;
  let depth = 1;
  for (let at = start + opening.length; at < answer.length; at++) {
    if (answer[at] === '{') depth++;
    else if (answer[at] === '}' && --depth === 0) return answer.slice(start + opening.length, at);
  }
  return undefined;
}

/** The last decimal number in its shortest form, so that 7, 07 and 7.0 are one; commas between thousands are dropped. */
function numberIn(text: string): string | undefined {
  const last = text
    .replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, '')
    .match(/(?:(?<![\d)])-)?\d+(?:\.\d+)?/g)
    ?.at(-1);
  if (last === undefined) return undefined;
  const negative = last.startsWith('-');
  const [whole = '', fraction = ''] = last.replace('-', '').split('.');
  const digits = whole.replace(/^0+(?=\d)/, '');
  const decimals = fraction.replace(/0+$/, '');
  const size = decimals === '' ? digits : `${digits}.${decimals}`;
  return negative && size !== '0' ? `-${size}` : size;
}

function normalised(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
}
