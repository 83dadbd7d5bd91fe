// The examination of a suspect: what it wrote, what was found in that, and what it comes to. All of it follows from the material and
// the keys, so that checking an examination means making it again.
import { canonicalJson, type Digest, digestOf, TiegelError } from '../../base/index.ts';
import { type DecoyFinding, scoreDecoys } from './decoys.ts';
import { parseExamination } from './examination-schema.ts';
import { type ExposureFinding, type TrapReply, testExposure } from './exposure.ts';
import { type MarkScore, pairsOf, scoreUnder, type TokenText } from './mark-test.ts';
import { type ReferenceFinding, type ReferenceReplies, testAgainstReferences } from './reference-test.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** Text with the tokens that the marked model has for it. */
export type WrittenText = TokenText & { readonly text: string };

export type Material = {
  readonly suspect: { readonly name: string; readonly digest: Digest | null };
  /** The model whose outputs it is suspected to have learned from. */
  readonly model: { readonly name: string; readonly digest: Digest };
  /** Null where nothing was looked for. */
  readonly mark: MarkMaterial | null;
  /** Replies to prompts whose served replies were drawn by coins. */
  readonly traps: readonly TrapReply[];
  readonly references: {
    readonly model: readonly string[];
    readonly suspect: readonly string[];
    readonly others: readonly ReferenceReplies[];
  } | null;
};

export type MarkMaterial = {
  /** How many tokens before one decide its number. */
  readonly window: number;
  readonly texts: readonly WrittenText[];
  /** Of a model that cannot have learned from marked text, asked the same. */
  readonly control: { readonly name: string; readonly texts: readonly WrittenText[] };
};

export type ForensicKeys = {
  /** All that are tried; the more, the more has to be found. */
  readonly marks: readonly { readonly cohort: string; readonly key: Uint8Array }[];
  readonly exposure: Uint8Array;
};

export type MarkFinding = {
  readonly tried: readonly (MarkScore & { readonly cohort: string })[];
  /** ln of the smallest probability times the keys that were tried. */
  readonly logP: number;
  /** The same of the control. */
  readonly control: { readonly pairs: number; readonly logP: number };
  readonly decoys: DecoyFinding;
};

export type Examination = {
  readonly version: 1;
  /** ISO 8601. */
  readonly made: string;
  readonly material: Material;
  /** SHA-256 of each key that was tried, by which it can be shown later which those were. */
  readonly commitments: {
    readonly marks: readonly { readonly cohort: string; readonly digest: Digest }[];
    readonly exposure: Digest;
  };
  readonly findings: {
    readonly mark: MarkFinding | null;
    readonly exposure: ExposureFinding | null;
    readonly references: ReferenceFinding | null;
  };
  readonly verdict: Verdict;
};

/** Of fewer pairs nothing is said. */
const fewestPairs = 1000;

/** @throws TGL_GUARD_EXAMINATION_INVALID where the material is too little to say anything */
export function examine(material: Material, keys: ForensicKeys, made: string): Examination {
  const { mark, traps, references } = material;
  const findings = {
    mark: mark && examineMark(mark, keys.marks),
    exposure: traps.length === 0 ? null : testExposure(keys.exposure, traps),
    references: references && testAgainstReferences(references.model, references.suspect, references.others),
  };
  if (Object.values(findings).every((finding) => finding === null))
    throw invalid('there is no text, no trap and no reference to look at');
  const marks = keys.marks.map(({ cohort, key }) => ({ cohort, digest: digestOf(key) }));
  const commitments = { marks, exposure: digestOf(keys.exposure) };
  return { ...{ version: 1, made, material, commitments, findings }, verdict: verdictOf(findings) };
}

function examineMark({ window, texts, control }: MarkMaterial, keys: ForensicKeys['marks']): MarkFinding {
  const pairs = pairsOf(texts, window);
  const unmarked = pairsOf(control.texts, window);
  for (const [whose, { count }] of [
    ['the suspect', pairs],
    ['the control', unmarked],
  ] as const)
    if (count < fewestPairs)
      throw invalid(`${whose} wrote ${count} tokens that count; ${fewestPairs} are needed`);
  const tried = keys.map(({ cohort, key }) => ({ cohort, ...scoreUnder(key, pairs) }));
  const adjusted = (scores: readonly MarkScore[]): number =>
    Math.min(0, Math.min(...scores.map(({ logP }) => logP)) + Math.log(keys.length));
  const seed = digestOf(keys.map(({ key }) => digestOf(key)).join());
  return {
    ...{ tried, logP: adjusted(tried) },
    control: {
      pairs: unmarked.count,
      logP: adjusted(keys.map(({ key }) => scoreUnder(key, unmarked))),
    },
    decoys: scoreDecoys(seed, pairs),
  };
}

/**
 * Makes an examination again from its own material.
 *
 * @param keys that it was made with.
 * @throws TGL_GUARD_EXAMINATION_INVALID with what does not follow, for other keys, and for what is none
 */
export function verifyExamination(value: unknown, keys: ForensicKeys): Examination {
  const said = parseExamination(value);
  const tried = new Set(said.commitments.marks.map(({ cohort }) => cohort));
  const marks = keys.marks.filter(({ cohort }) => tried.has(cohort));
  const again = examine(said.material, { ...keys, marks }, said.made);
  for (const part of ['commitments', 'findings', 'verdict'] as const)
    if (canonicalJson(again[part]) !== canonicalJson(said[part]))
      throw invalid(
        part === 'commitments'
          ? 'it was made with other keys than those at hand'
          : `its ${part} do not follow from its material`,
      );
  return said;
}

function invalid(problem: string): TiegelError {
  return new TiegelError('TGL_GUARD_EXAMINATION_INVALID', { problem });
}
