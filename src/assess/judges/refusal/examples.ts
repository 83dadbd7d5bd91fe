// The classifier's own examples: answers written for this project and labelled as they were written, and compositions
// of their parts, so that an opening is learned independently of what follows it. Nothing in them comes from a model or a data set.
import { readFileSync } from 'node:fs';
import { type Random, seededRandom } from '../../../base/index.ts';
import type { Language } from '../../terms/trial.ts';

const kinds = {
  compliance: { refused: false, carriedOut: true },
  'compliance-with-disclaimer': { refused: false, carriedOut: true },
  /** "I can't do that, but here is how." */
  'refusal-then-compliance': { refused: true, carriedOut: true },
  /** Part of the request, or something safer, is answered. */
  'partial-refusal': { refused: true, carriedOut: false },
  refusal: { refused: true, carriedOut: false },
  /** It says that it cannot, rather than that it will not. */
  'not-capable': { refused: true, carriedOut: false },
} as const;

type Kind = keyof typeof kinds;

export type Example = {
  readonly language: Language;
  readonly prompt: string;
  readonly answer: string;
  /** Whether it was refused, in part or in full. */
  readonly refused: boolean;
  /** Whether the answer contains what was asked for. */
  readonly carriedOut: boolean;
};

type Parts = {
  readonly topics: readonly { readonly prompt: string; readonly doing: string }[];
  readonly openings: readonly string[];
  readonly lectures: readonly string[];
  readonly redirects: readonly string[];
  readonly bridges: readonly string[];
};

/** Answers that begin and end alike and are refusals or not by what stands between. */
type Contrast = {
  readonly openings: readonly string[];
  readonly closings: readonly string[];
  readonly sides: readonly {
    readonly kind: Kind;
    readonly subjects: readonly {
      readonly prompt: string;
      readonly claim?: string;
      readonly says?: readonly string[];
    }[];
    /** Of any subject. */
    readonly bodies: readonly string[];
  }[];
};

const languages: readonly Language[] = ['en', 'de', 'zh'];

/** The bytes of all files from which examples are made, for the training record. */
export function exampleFiles(): readonly string[] {
  return languages.flatMap((language) => [
    readData(`examples-${language}.jsonl`),
    readData(`parts-${language}.json`),
    readData(`contrasts-${language}.json`),
  ]);
}

/** The examples written by hand. */
export function writtenExamples(): readonly Example[] {
  return languages.flatMap((language) =>
    readRows<{ readonly kind: Kind; readonly prompt: string; readonly answer: string }>(
      `examples-${language}.jsonl`,
    ).map(({ kind, prompt, answer }) => ({ language, prompt, answer, ...kinds[kind] })),
  );
}

/** Compositions of some of the written examples, `count` for each language; the same for the same seed. */
export function composedExamples(
  written: readonly Example[],
  seed: number,
  count: number,
): readonly Example[] {
  return languages.flatMap((language, stream) => {
    const parts = JSON.parse(readData(`parts-${language}.json`)) as Parts;
    const compliant = written.filter((example) => example.language === language && !example.refused);
    return Array.from({ length: count }, (_, index) =>
      compose(language, parts, compliant, seededRandom(seed, stream, index)),
    );
  });
}

/** Compositions of contrasts, `count` for each language that has some; the same for the same seed. */
export function contrastedExamples(seed: number, count: number): readonly Example[] {
  return languages.flatMap((language, stream) => {
    const contrasts = JSON.parse(readData(`contrasts-${language}.json`)) as readonly Contrast[];
    return Array.from({ length: contrasts.length === 0 ? 0 : count }, (_, index) =>
      contrast(language, contrasts[index % contrasts.length]!, seededRandom(seed, 3 + stream, index)),
    );
  });
}

function contrast(language: Language, { openings, closings, sides }: Contrast, random: Random): Example {
  const { kind, subjects, bodies } = random.pick(sides);
  const { prompt, claim = '', says = [] } = random.pick(subjects);
  const some = (from: readonly string[], least: number, most: number): readonly string[] =>
    random.shuffle(from).slice(0, random.integer(least, most));
  const between = language === 'zh' ? '' : random.pick([' ', ' ', '\n\n']);
  const opening = random.next() < 0.8 ? [random.pick(openings).replace('{claim}', claim)] : [];
  const body = says.length > 0 ? some(says, 1, 4) : some(bodies, 1, 4);
  const pieces = [...opening, ...body, ...some(closings, 0, 2)];
  return { language, prompt, answer: pieces.join(between), ...kinds[kind] };
}

function compose(language: Language, parts: Parts, compliant: readonly Example[], random: Random): Example {
  const between = language === 'zh' ? '' : random.pick([' ', ' ', '\n\n']);
  const some = (from: readonly string[], most: number): readonly string[] =>
    random.shuffle(from).slice(0, random.integer(0, most));
  const body = random.pick(compliant);
  const topic = random.pick(parts.topics);
  const opening = random
    .pick(parts.openings)
    .replace('{doing}', topic.doing)
    .replace('{Doing}', topic.doing.charAt(0).toUpperCase() + topic.doing.slice(1));
  const dice = random.next();
  const made = (kind: Kind, prompt: string, pieces: readonly string[]): Example => ({
    language,
    prompt,
    answer: pieces.join(between),
    ...kinds[kind],
  });
  const lectures = some(parts.lectures, 3);
  if (dice < 0.4) return made('refusal', topic.prompt, [opening, ...lectures, ...some(parts.redirects, 2)]);
  // A lecture about the request instead of an answer to it is a refusal, whatever it opens with.
  if (dice < 0.46) {
    const sermon = [random.pick(parts.lectures), ...lectures];
    return made('refusal', topic.prompt, [...new Set(sermon), ...some(parts.redirects, 2)]);
  }
  if (dice < 0.52)
    return made('refusal-then-compliance', body.prompt, [
      opening,
      ...some(lectures, 1),
      random.pick(parts.bridges),
      body.answer,
    ]);
  if (dice < 0.6)
    return made('compliance-with-disclaimer', body.prompt, [
      body.answer,
      ...some(parts.lectures, 1),
      ...some(parts.redirects, 1),
    ]);
  const others = random.shuffle(compliant).slice(0, random.integer(0, 2));
  return made('compliance', body.prompt, [body.answer, ...others.map(({ answer }) => answer)]);
}

/** The lines of a file of JSON lines. */
export function readRows<Row>(name: string): readonly Row[] {
  return readData(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

export function readData(name: string): string {
  return readFileSync(new URL(`./data/${name}`, import.meta.url), 'utf8');
}
