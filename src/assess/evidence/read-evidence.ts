// Reads sealed evidence and checks what needs no knowledge of an assessment: chain, seal, and withheld texts if they
// are at hand. That says something about the file as it is; who wrote it is shown by the signature over its digest.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Digest, digestOf, type Json } from '../../base/index.ts';
import { type ChainLine, chainedLines, completeLines, parseLine } from './chain.ts';
import { sealLine, withheldName } from './evidence-log.ts';

export type SealedEvidence = {
  /** All lines but the seal. */
  readonly lines: readonly ChainLine[];
  readonly root: Digest;
  /** SHA-256 of the file. */
  readonly digest: Digest;
  /** Withheld texts by the digest under which the evidence names them; null if the file is not at hand. */
  readonly withheld: ReadonlyMap<string, Json> | null;
};

export type ReadEvidence =
  | { readonly sound: true; readonly evidence: SealedEvidence }
  | { readonly sound: false; readonly problem: string };

/** @param path of the evidence; withheld texts are looked for beside it */
export function readEvidence(path: string): ReadEvidence {
  const unsound = (problem: string): ReadEvidence => ({ sound: false, problem });
  const bytes = readFileSync(path);
  const { lines: texts, length } = completeLines(bytes);
  if (length !== bytes.length) return unsound('the last line has no end');
  const chained = chainedLines(texts);
  if (!chained.sound) return unsound(`line ${chained.line}: ${chained.problem}`);
  const seal = chained.lines.at(-1);
  if (seal?.type !== 'seal') return unsound('it is not sealed');
  const content = texts.slice(0, -1);
  const { previous, ...stated } = seal;
  const expected = sealLine(String(previous), content);
  if (JSON.stringify(stated) !== JSON.stringify(expected)) return unsound('its seal does not fit its lines');
  const lines = chained.lines.slice(0, -1);
  const withheld = readWithheld(join(dirname(path), withheldName), lines);
  if (typeof withheld === 'string') return unsound(withheld);
  return {
    sound: true,
    evidence: { lines, root: expected.root as Digest, digest: digestOf(bytes), withheld },
  };
}

/** Exactly the texts that the evidence names, unchanged, or what is wrong with them. */
function readWithheld(path: string, lines: readonly ChainLine[]): ReadonlyMap<string, Json> | null | string {
  const named = new Set(lines.flatMap(({ withheld }) => (typeof withheld === 'string' ? [withheld] : [])));
  if (!existsSync(path)) return named.size === 0 ? new Map() : null;
  const bytes = readFileSync(path);
  const { lines: texts, length } = completeLines(bytes);
  if (length !== bytes.length) return 'the last withheld text has no end';
  const held = new Map<string, Json>();
  for (const [index, text] of texts.entries()) {
    const digest = digestOf(text);
    const line = parseLine(text);
    if (typeof line === 'string' || !named.has(digest))
      return `withheld text ${index + 1} is not the one that was`;
    held.set(digest, line.texts ?? null);
  }
  return held.size === named.size && texts.length === named.size ? held : 'withheld texts are missing';
}
