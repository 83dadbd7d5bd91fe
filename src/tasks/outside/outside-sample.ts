// Prompts outside the tasks, so that somebody who types anything else is told so. They are made from frames, word
// lists and noise rather than collected: variety of form matters, since the model can only learn what a task looks
// like, never everything else that people say.
import { firstAccepted, type Random, seededRandom } from '../../base/index.ts';
import type { Language } from '../task.ts';
import { frames } from './frames.ts';
import { furtherArithmetic } from './further-arithmetic.ts';
import { isHeldOutPrompt } from './held-out-prompts.ts';
import { honestAnswers, type OutsideScope, outsideTraces } from './honest-answer.ts';
import { foreignSentence, nearlyNothing, nonsense, pseudoWord, typedInHaste } from './noise.ts';
import { otherArithmetic } from './other-arithmetic.ts';
import { slotWords } from './words.ts';

export type OutsideSample = {
  /** The language of the answer: English if the prompt is neither English nor German. */
  readonly language: Language;
  readonly prompt: string;
  readonly trace: string;
  readonly answer: string;
};

const stream = 4;

/** Words unknown to the tokenizer take a token per byte; this keeps prompt and answer within 200 tokens. */
const mostBytes = 150;

/** Draws before giving up: held-out prompts are a few dozen among millions. */
const maxDraws = 1000;

const openings: Readonly<Record<Language, readonly string[]>> = {
  en: ['Hi, ', 'Hello, ', 'Hey, ', 'Please: ', 'Question: ', 'So, ', 'Well, ', 'Sorry, '],
  de: ['Hi, ', 'Hallo, ', 'Bitte: ', 'Frage: ', 'Also, ', 'Na, ', 'Entschuldigung, ', 'Du, '],
};

/**
 * The prompt at (seed, index) with the honest answer in its language: same arguments, same sample. For training only;
 * `heldOutPrompts` is the list for measuring.
 *
 * @example
 * import { isHonestAnswer, outsideSample } from './src/tasks/index.ts';
 * const { answer, language } = outsideSample(1, 0);
 * isHonestAnswer(answer, language); // → true
 */
export function outsideSample(
  seed: number,
  index: number,
  scope: OutsideScope = 'first-tasks',
): OutsideSample {
  const random = seededRandom(seed, stream, index);
  const drawn = firstAccepted(maxDraws, () => {
    const [language, prompt] = drawPrompt(random, arithmeticOf[scope]);
    return isHeldOutPrompt(prompt) ? undefined : { language, prompt };
  });
  if (drawn === undefined) throw new TypeError(`outsideSample: ${maxDraws} held-out prompts in a row`);
  const { language, prompt } = drawn;
  return { language, prompt, trace: outsideTraces[language], answer: honestAnswers[scope][language] };
}

type Arithmetic = (random: Random, language: Language) => string;

/** Questions about numbers that no task of the scope asks. */
const arithmeticOf: Readonly<Record<OutsideScope, Arithmetic>> = {
  'first-tasks': otherArithmetic,
  'all-tasks': furtherArithmetic,
};

function drawPrompt(random: Random, arithmetic: Arithmetic): readonly [Language, string] {
  const [language, text] = drawText(random, arithmetic);
  return [language, shortened(text)];
}

function drawText(random: Random, arithmetic: Arithmetic): readonly [Language, string] {
  const language: Language = random.next() < 0.5 ? 'en' : 'de';
  const share = random.next();
  if (share < 0.62) return [language, typedInHaste(random, sentence(random, language, arithmetic))];
  if (share < 0.84) return [language, typedInHaste(random, arithmetic(random, language))];
  if (share < 0.93) return ['en', nonsense(random)];
  if (share < 0.98) return ['en', typedInHaste(random, foreignSentence(random))];
  return ['en', nearlyNothing(random)];
}

function sentence(random: Random, language: Language, arithmetic: Arithmetic): string {
  const filled = fill(random, language, random.pick(frames[language]));
  const form = random.next();
  if (form < 0.08) return random.pick(openings[language]) + filled;
  if (form < 0.14) return `${filled} ${fill(random, language, random.pick(frames[language]))}`;
  if (form < 0.18) return `${filled} ${arithmetic(random, language)}`;
  return filled;
}

function fill(random: Random, language: Language, frame: string): string {
  return frame.replaceAll(/\{(\p{L}+)\}/gu, (_, slot: string) => {
    if (random.next() < 0.12) return pseudoWord(random);
    return random.pick(slotWords[language][slot] as readonly string[]);
  });
}

/** The text cut after a word, so that its bytes fit the token budget. */
function shortened(text: string): string {
  let short = text;
  while (Buffer.byteLength(short) > mostBytes) short = short.slice(0, short.lastIndexOf(' '));
  return short;
}
