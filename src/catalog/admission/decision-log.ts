// The log of decisions: admissions, rejections, revocations, what lifts them, and the officer's word, one signed entry after the other.
// The files that it speaks of count only as its last entry about them says, so that one that was deleted, put back or
// replayed is noticed. Its head stands apart; entries that are missing before it, a clock that stands before the latest time
// that was seen, and directories that others can write to make it unsound, and nothing is then admitted.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  canonicalJson,
  createFileAtomically,
  type Digest,
  digestOf,
  parseDigest,
  TiegelError,
  writeFileAtomically,
} from '../../base/index.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import {
  type Decision,
  type DecisionEntry,
  entryText,
  readEntry,
  type TrustedKey,
} from './decision-entry.ts';
import type { SigningKey } from './signing-key.ts';

type Kept = { readonly entry: DecisionEntry; readonly digest: Digest };

export type SoundLog = {
  readonly sound: true;
  /** The last decision about what it is about. */
  readonly last: (kind: 'admission' | 'revocation', target: Digest) => Decision | undefined;
  readonly officer: Digest | undefined;
  /** Keys of others that are trusted here. */
  readonly trusted: readonly TrustedKey[];
  /** Of the last entry. */
  readonly number: number;
  readonly digest: Digest;
};

export type DecisionLog = {
  /** What counts now, or why nothing does. */
  readonly read: () => SoundLog | { readonly sound: false; readonly problem: string };
  /**
   * @throws TGL_DECISIONS_DAMAGED where the log is unsound, TGL_DISK_FULL
   */
  readonly append: (decision: Decision) => void;
  /**
   * Believes signatures with a key of somebody else from now on, or no longer.
   *
   * @throws TGL_DECISIONS_DAMAGED where the log is unsound, TGL_DISK_FULL
   */
  readonly trust: (key: TrustedKey, trusted: boolean) => void;
  /**
   * Begins the log anew behind whatever is there, with all revocations that any readable entry names and without any admission.
   *
   * @throws TGL_DISK_FULL
   */
  readonly restore: (reason: string) => { readonly revocations: number; readonly number: number };
};

/** A clock may stand this far before the latest time that was seen. */
const clockTolerance = 24 * 60 * 60 * 1000;
/** The latest time is noted again once it is this much later. */
const noteEvery = 60 * 60 * 1000;

type Context = Pick<CatalogStorage, 'layout' | 'disk' | 'clock'> & {
  readonly key: SigningKey;
  /** Entries that were read and found sound. */
  readonly kept: Kept[];
};

export function createDecisionLog(
  storage: Pick<CatalogStorage, 'layout' | 'disk' | 'clock'>,
  key: SigningKey,
): DecisionLog {
  const context: Context = { ...storage, key, kept: [] };
  beginWhereNothingWas(context);
  return {
    read: () => {
      const problem = problemOf(context);
      return problem === undefined ? soundLog(context.kept) : { sound: false, problem: unreliable(problem) };
    },
    append: (decision) => append(context, decision),
    trust: (key, trusted) => append(context, { kind: 'trust', trusted, ...key }),
    restore: (reason) => restore(context, reason),
  };
}

function soundLog(kept: readonly Kept[]): SoundLog {
  const { entry, digest } = kept.at(-1) as Kept;
  const decisions = kept.map((one) => one.entry.decision);
  return {
    sound: true,
    last: (kind, target) => decisions.findLast((one) => one.kind === kind && one.target === target),
    officer: decisions.flatMap((one) => (one.kind === 'officer' ? [one.content] : [])).at(-1),
    trusted: trustedBy(decisions),
    number: entry.number,
    digest,
  };
}

/** By the last decision about each key. */
function trustedBy(decisions: readonly Decision[]): readonly TrustedKey[] {
  const last = new Map(decisions.flatMap((one) => (one.kind === 'trust' ? [[one.key, one] as const] : [])));
  return [...last.values()].flatMap(({ trusted, key, name }) => (trusted ? [{ key, name }] : []));
}

function headOf({ layout, key }: Context): Head | string | undefined {
  return readHead(layout.decisionsHead, key);
}

function writeHead({ layout, key, disk }: Context, { entry, digest }: Kept, latest: number): void {
  const head: Head = { number: entry.number, digest, latest: new Date(latest).toISOString() };
  writeFileAtomically(layout.decisionsHead, headText(head, key), { mode: 0o600, disk });
}

/** Reads what has been added; undefined if everything fits together. */
function follow({ layout, key, kept }: Context): string | undefined {
  const names = entryNames(layout.decisions);
  if (names.length < kept.length || !kept.every(({ entry }, index) => names[index] === nameOf(entry.number)))
    return 'entries that were there have gone';
  for (const name of names.slice(kept.length)) {
    const text = readFileSync(join(layout.decisions, name), 'utf8');
    const entry = readEntry(text, key);
    if (typeof entry === 'string') return `entry ${name} cannot be believed: ${entry}`;
    const before = kept.at(-1);
    const begins = before === undefined && entry.decision.kind === 'begin';
    const follows =
      before !== undefined && entry.number === before.entry.number + 1 && entry.previous === before.digest;
    if (nameOf(entry.number) !== name || !(begins || follows))
      return `entry ${name} does not follow the one before it`;
    kept.push({ entry, digest: digestOf(text) });
  }
  return undefined;
}

function problemOf(context: Context): string | undefined {
  const { layout, clock, kept } = context;
  const open = openToOthers(layout.guarded);
  if (open !== undefined) return `others may write to ${open}`;
  const broken = follow(context);
  if (broken !== undefined) return broken;
  const head = headOf(context);
  if (typeof head === 'string') return head;
  const last = kept.at(-1);
  if (last === undefined) return head === undefined ? 'there is none' : 'all its entries have gone';
  if (head === undefined) return 'its head has gone';
  const at = kept.find(({ entry }) => entry.number === head.number);
  if (at?.digest !== head.digest) return `its head names entry ${head.number}, which is not there`;
  const latest = Math.max(Date.parse(head.latest), Date.parse(last.entry.latest));
  const now = clock.now();
  if (now < latest - clockTolerance)
    return `the clock stands at ${new Date(now).toISOString()}, and ${new Date(latest).toISOString()} was seen before`;
  if (now > latest + noteEvery || last !== at) writeHead(context, last, Math.max(now, latest));
  return undefined;
}

/** Makes the entry of this number; null where another process has made one. */
function add(context: Context, decision: Decision, before: Kept | undefined, number: number): Kept | null {
  const { layout, disk, clock, key } = context;
  const now = clock.now();
  const head = headOf(context);
  const seen = typeof head === 'object' && decision.kind !== 'begin' ? Date.parse(head.latest) : 0;
  const entry: DecisionEntry = {
    ...{ schema: 1, number, previous: before?.digest ?? null },
    time: new Date(now).toISOString(),
    latest: new Date(Math.max(now, seen)).toISOString(),
    decision,
  };
  const text = entryText(entry, key);
  const path = join(layout.decisions, nameOf(number));
  const isMade = createFileAtomically(path, text, { mode: 0o600, disk });
  return isMade ? { entry, digest: digestOf(text) } : null;
}

function append(context: Context, decision: Decision): void {
  const { kept, clock } = context;
  // Another process may have taken the number; then this one follows it.
  for (let made: Kept | null = null; made === null; ) {
    const problem = problemOf(context);
    if (problem !== undefined)
      throw new TiegelError('TGL_DECISIONS_DAMAGED', { problem: unreliable(problem) });
    const before = kept.at(-1) as Kept;
    made = add(context, decision, before, before.entry.number + 1);
    if (made === null) continue;
    kept.push(made);
    writeHead(context, made, Math.max(clock.now(), Date.parse(made.entry.latest)));
  }
}

/** A directory that holds no decision begins its log; one that holds some and no log has lost it. */
function beginWhereNothingWas(context: Context): void {
  const { layout, clock } = context;
  const isEmpty = [layout.decisions, layout.admissions, layout.revocations].every(
    (directory) => !readdirSync(directory).some((name) => name.endsWith('.json')),
  );
  if (!isEmpty || headOf(context) !== undefined) return;
  const begun = add(context, { kind: 'begin', reason: 'nothing was decided before' }, undefined, 1);
  if (begun !== null) writeHead(context, begun, clock.now());
}

function restore(context: Context, reason: string): ReturnType<DecisionLog['restore']> {
  const { layout, disk, clock, key, kept } = context;
  const head = headOf(context);
  const readable = entryNames(layout.decisions).flatMap((name) => {
    const entry = readEntry(readFileSync(join(layout.decisions, name), 'utf8'), key);
    return typeof entry === 'string' ? [] : [entry];
  });
  const numbers = [typeof head === 'object' ? head.number : 0, ...readable.map(({ number }) => number)];
  const next = Math.max(...numbers) + 1;
  // What was there is kept beside it, for whoever looks into what happened.
  disk.renameSync(layout.decisions, `${layout.decisions}-before-${next}`);
  disk.mkdirSync(layout.decisions, 0o700);
  kept.length = 0;
  const begun = add(context, { kind: 'begin', reason }, undefined, next) as Kept;
  kept.push(begun);
  writeHead(context, begun, clock.now());
  const standing = standingIn(readable);
  for (const decision of standing) append(context, decision);
  return { revocations: standing.length, number: (kept.at(-1) as Kept).entry.number };
}

function unreliable(problem: string): string {
  return `the log of decisions cannot be relied on: ${problem}`;
}

/** Whatever was revoked once and not lifted by a later entry, the last word of the officer, and the keys that are trusted. */
function standingIn(entries: readonly DecisionEntry[]): readonly Decision[] {
  const last = new Map<string, Decision>();
  for (const { decision } of entries.toSorted((one, other) => one.number - other.number)) {
    if (decision.kind === 'revocation') last.set(decision.target, decision);
    if (decision.kind === 'officer') last.set('officer', decision);
    if (decision.kind === 'trust') last.set(`key ${decision.key}`, decision);
  }
  return [...last.values()].filter((one) => one.kind !== 'revocation' || one.revocation.revoked);
}

type Head = { readonly number: number; readonly digest: Digest; readonly latest: string };

const headPurpose = 'tiegel head of decisions, schema 1\n';

function headText(head: Head, key: SigningKey): string {
  return `${JSON.stringify({ head, signature: key.sign(headPurpose + canonicalJson(head)) })}\n`;
}

/** Undefined where there is none; what is wrong with it where it cannot be believed. */
function readHead(path: string, key: SigningKey): Head | string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return `its head cannot be read (${(cause as NodeJS.ErrnoException).code})`;
  }
  try {
    const { head, signature } = JSON.parse(text) as { readonly head: Head; readonly signature: unknown };
    if (!key.verify(headPurpose + canonicalJson(head), signature))
      return 'its head is not signed with this key';
    return { ...head, digest: parseDigest(head.digest) };
  } catch {
    return 'its head is not what was written';
  }
}

const numberWidth = 10;

function nameOf(number: number): string {
  return `${String(number).padStart(numberWidth, '0')}.json`;
}

/** In the order of their numbers. */
function entryNames(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^[0-9]{10}\.json$/.test(name))
    .sort();
}

/** The first of the directories that anybody but its owner may write to. */
function openToOthers(directories: readonly string[]): string | undefined {
  if (process.platform === 'win32') return undefined;
  return directories.find((directory) => (statSync(directory).mode & 0o022) !== 0);
}
