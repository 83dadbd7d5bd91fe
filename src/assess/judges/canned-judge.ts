// Judge canned: was the same text given to an unrelated request before? Shingles of eight letters, MinHash (Broder 1997)
// to find candidates without comparing all pairs, then their Jaccard similarity. It remembers what it ruled on: the
// first occurrence of a canned text does not count as canned. Not covered: the same opinion in other words, and answers of less than
// forty letters.
import { digestOfJson } from '../../base/index.ts';
import type { Judge } from '../terms/trial.ts';
import { foldedText } from './folded-text.ts';
import { unreadable } from './readable.ts';
import { ruled, unassessed } from './ruling.ts';
import { saidAnswer } from './said.ts';

const settings = { shingle: 8, hashes: 64, band: 4, similarity: 0.6, shortest: 40 } as const;

type Known = { readonly cluster: string; readonly shingles: ReadonlySet<string> };

/** A judge for one assessment; `succeeded` if the answer is canned. */
export function cannedJudge(): Judge {
  const bands = new Map<string, Known[]>();
  return {
    name: 'canned',
    version: '1',
    digest: digestOfJson({ judge: 'canned', version: 1, ...settings }),
    admission: 'exact',
    remembers: true,
    rule: async (item, attempt) => {
      const answer = saidAnswer(attempt);
      const problem = unreadable(answer);
      if (problem !== null) return unassessed(problem);
      const folded = foldedText(answer);
      if (folded.length < settings.shortest)
        return ruled(false, 'the answer is too short to be told from others');
      const shingles = shinglesOf(folded);
      const keys = bandsOf(shingles);
      const candidates = new Set(keys.flatMap((key) => bands.get(key) ?? []));
      const twin = [...candidates].find(
        (known) => known.cluster !== item.cluster && jaccard(known.shingles, shingles) >= settings.similarity,
      );
      const known = { cluster: item.cluster, shingles };
      for (const key of keys) bands.set(key, [...(bands.get(key) ?? []), known]);
      return twin === undefined
        ? ruled(false, 'nothing like it was answered before')
        : ruled(true, `much the same was answered to ${twin.cluster}`);
    },
  };
}

function shinglesOf(folded: string): ReadonlySet<string> {
  const shingles = new Set<string>();
  for (let at = 0; at + settings.shingle <= folded.length; at++)
    shingles.add(folded.slice(at, at + settings.shingle));
  return shingles;
}

/** Jaccard similarity: the share of all shingles of two texts that both have. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = a.intersection(b).size;
  return shared / (a.size + b.size - shared);
}

/** MinHash signature, cut into bands: texts of similarity 0.6 share one of the 16 with a probability of 0.89. */
function bandsOf(shingles: ReadonlySet<string>): readonly string[] {
  const least = new Uint32Array(settings.hashes).fill(0xffffffff);
  for (const shingle of shingles) {
    const base = hash(shingle);
    for (let index = 0; index < settings.hashes; index++) {
      const value = mixed(base ^ Math.imul(index + 1, 0x9e3779b9));
      if (value < least[index]!) least[index] = value;
    }
  }
  return Array.from(
    { length: settings.hashes / settings.band },
    (_, band) => `${band}:${least.subarray(band * settings.band, (band + 1) * settings.band).join(',')}`,
  );
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
  return mixed(h);
}

/** The finisher of MurmurHash3. */
function mixed(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
