// Terms that were given up for the field's own do not come back, in code, in names of files or in documents. History
// (CHANGELOG.md, docs/log.md, docs/decisions) keeps the words of its time.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, root, type SourceFile } from './source-files.ts';

type RetiredTerm = {
  /** Also of names in camel case, of which it may be a part. */
  readonly term: RegExp;
  readonly now: string;
  /** Paths below which it may stand, each with the reason. */
  readonly except?: Readonly<Record<string, string>>;
};

const retiredCodes = 'names the codes that are retired';

const retired: readonly RetiredTerm[] = [
  {
    term: /guardChain|guardedTurn|GuardedDecisions|--guard\b|behind (a|the|its) guards?\b/,
    now: 'content filter, filters, --filter',
    except: {
      'src/catalog/admission/revocation.ts': 'finds rejections of subjects in their earlier form',
      'src/catalog/admission/admissions.test.ts': 'writes subjects in their earlier form',
    },
  },
  { term: /\b[Dd]oor(?=[A-Z])|\bDoor\b|[a-z]Door\b|gateway\/door/, now: 'ConcurrencyLimiter' },
  { term: /\bVisit\b|\bcrowd\b/, now: 'Permit, in flight' },
  { term: /\bSpeech\b|\bspeak\(|speak\.ts/, now: 'complete, InferenceRequest' },
  {
    term: /end-of-turn\.ts|turn-clock|unreadable-request|unreadableRequest/,
    now: 'write batcher, malformed',
  },
  { term: /\b[Ww]ish(?=[A-Z])|\bWish\b|[a-z]Wish\b/, now: 'ThinkingOptions' },
  { term: /liveRequests|live-requests/i, now: 'running requests' },
  {
    term: /\breadonly whole: \(|\bwhole: (\(\[|\w+Of,)|[a-z]\.whole\(|wholeOf\(|wholeReply/,
    now: 'nonStreaming',
  },
  { term: /mustCall|rendersHere/, now: 'toolChoice: required, client-side template' },
  {
    term: /begun (answer|reply|replies|thinking|thought|chain)|begunBy|withoutBegun/,
    now: 'prefill',
  },
  { term: /engine\/trial|teach\/judge\b/, now: 'smoke test, answer extraction' },
  { term: /\blegs\b|marker.?watch/i, now: 'continuations, marker detector' },
  { term: /\bshelf\b|\bshelves\b|[a-z]Shelf|laidOver|laid over/i, now: 'catalog storage, applied' },
  {
    term: /foreignRecord|foreign record/i,
    now: 'imported record',
    except: { 'src/catalog/variant/manifest': 'reads manifests of schema 2' },
  },
  { term: /\bRegistered\b|other-?model(?!s)|\bSpending\b/, now: 'Registration, auxiliary model, Budget' },
  { term: /\brectangles?\b|\blessons?\b|[a-z](Rectangle|Lesson)/i, now: 'padded batch, example' },
  { term: /\b(Lane|lane)(Of|s?For|Count|Index)|byLane/, now: 'gradient shard' },
  {
    term: /TGL_(GUARD_INVALID|THINKING_NOT_ENDABLE|ASSESSMENT_SPENT)|thinking_not_endable/,
    now: 'TGL_FILTER_INVALID, TGL_THINKING_NOT_INTERRUPTIBLE, TGL_ASSESSMENT_BUDGET_EXHAUSTED',
    except: { 'docs/errors.md': retiredCodes },
  },
];

const history = /^docs\/(log\.md|decisions\/)|^test\/repository\/retired-terms\.test\.ts$/;

const files: readonly SourceFile[] = [
  ...['src', 'test', 'bench', 'scripts', 'docs'].flatMap((folder) =>
    filesBelow(folder, ['.ts', '.mjs', '.md']),
  ),
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  })),
].filter(({ path }) => !history.test(path));

function placesOf(term: RegExp, { path, text }: SourceFile): readonly string[] {
  const lines = [path, ...text.split('\n')];
  return lines.flatMap((line, index) => (term.test(line) ? [`${path}:${index} ${line.trim()}`] : []));
}

test.each(retired)('$now instead of $term', ({ term, except = {} }) => {
  const held = files.filter(({ path }) => !Object.keys(except).some((place) => path.startsWith(place)));
  expect(held.flatMap((file) => placesOf(term, file))).toEqual([]);
});

test('an exception without such a term is no exception', () => {
  const idle = retired.flatMap(({ term, except = {} }) =>
    Object.keys(except).filter(
      (place) => !files.some((file) => file.path.startsWith(place) && placesOf(term, file).length > 0),
    ),
  );
  expect(idle).toEqual([]);
});
