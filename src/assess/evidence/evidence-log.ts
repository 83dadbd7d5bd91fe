// Writes the evidence of one assessment: chained JSON lines, appended as things happen. The file gets its name, and its
// digest a place in the record, only when it is sealed: complete, with a Merkle root, and on disk. Texts that are not to
// be shown go into a second file; the first one then holds the digest of their line, which begins with a salt.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Digest,
  type Disk,
  digestOf,
  type Entropy,
  holdLock,
  type Json,
  makeDirectory,
  onDisk,
  parseDigest,
  systemDisk,
  systemEntropy,
  TiegelError,
  writeFileAtomically,
} from '../../base/index.ts';
import { type ChainLine, chainedLines, completeLines, firstPrevious, lineText } from './chain.ts';
import { merkleRoot } from './merkle.ts';

export const evidenceName = 'evidence.jsonl';
export const withheldName = 'withheld.jsonl';

export type EvidenceLog = Disposable & {
  /** Path of the sealed file. */
  readonly path: string;
  /** The lines that a resumed assessment already had. */
  readonly lines: readonly ChainLine[];
  /** Its withheld texts, by the digests under which its lines name them. */
  readonly withheld: ReadonlyMap<string, Json>;
  /** @throws TGL_DISK_FULL */
  readonly append: (line: ChainLine) => void;
  /**
   * Withholds texts, before the line that names them, and returns their digest.
   *
   * @throws TGL_DISK_FULL
   */
  readonly withhold: (texts: Json) => Digest;
  /** Makes sure that what was appended so far survives a crash of the machine. */
  readonly sync: () => void;
  /** Makes the file final and returns its SHA-256. */
  readonly seal: () => Digest;
};

export type EvidenceOptions = {
  readonly entropy?: Entropy;
  /** Whether a file that was not sealed is kept, to be resumed. @default false */
  readonly resumable?: boolean;
  /** @default the disk of this machine */
  readonly disk?: Disk;
};

export function openEvidence(directory: string, options: EvidenceOptions = {}): EvidenceLog {
  const { disk = systemDisk } = options;
  makeDirectory(directory, 0o700, disk);
  using lock = lockEvidence(directory);
  const path = partialOf(directory, evidenceName);
  const file = onDisk(path, () => disk.openSync(path, 'wx', 0o600));
  return evidenceLog(directory, file, { ...nothing, lock: lock.move() }, options);
}

/**
 * Continues evidence that was not sealed. An incomplete last line is dropped, and so are
 * withheld texts whose line was never written.
 *
 * @throws TGL_EVIDENCE_INVALID where the chain is broken, TGL_ASSESSMENT_RUNNING where another process writes it
 */
export function resumeEvidence(directory: string, options: EvidenceOptions = {}): EvidenceLog {
  const { disk = systemDisk } = options;
  const path = partialOf(directory, evidenceName);
  using lock = lockEvidence(directory);
  const { lines: texts, length } = completeLines(readFileSync(path));
  const chained = chainedLines(texts);
  if (!chained.sound) {
    const { line, problem } = chained;
    throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: `line ${line}: ${problem}` });
  }
  const withheld = dropUnnamed(partialOf(directory, withheldName), chained.lines, disk);
  cutOff(path, length, disk);
  const appending = onDisk(path, () => disk.openSync(path, 'a', 0o600));
  const existing = { lines: chained.lines, texts, withheld, lock: lock.move() };
  return evidenceLog(directory, appending, existing, options);
}

export function partialOf(directory: string, name: string): string {
  return join(directory, `${name}.partial`);
}

/** Lets one process write at a time; a second one would write between its lines. */
function lockEvidence(directory: string): DisposableStack {
  const path = join(directory, 'lock');
  const lock = new DisposableStack();
  lock.use(holdLock(path, (process) => new TiegelError('TGL_ASSESSMENT_RUNNING', { process, path })));
  return lock;
}

type Existing = {
  readonly lines: readonly ChainLine[];
  readonly texts: readonly Buffer[];
  readonly withheld: ReadonlyMap<string, Json>;
  readonly lock: Disposable;
};

const nothing = { lines: [], texts: [], withheld: new Map<string, Json>() } as const;

function evidenceLog(
  directory: string,
  file: number,
  { lines, texts, withheld: held, lock }: Existing,
  { entropy = systemEntropy, resumable = false, disk = systemDisk }: EvidenceOptions,
): EvidenceLog {
  const path = join(directory, evidenceName);
  const hash = createHash('sha256');
  const written: Buffer[] = [];
  let previous: string = firstPrevious;
  let withheld: number | undefined;
  let sealed = false;

  const count = (bytes: Buffer): void => {
    hash.update(bytes).update('\n');
    written.push(bytes);
    previous = digestOf(bytes);
  };
  const append = (line: ChainLine): void => {
    const bytes = Buffer.from(lineText(previous, line));
    onDisk(path, () => disk.writeSync(file, Buffer.concat([bytes, Buffer.of(10)])));
    count(bytes);
  };
  texts.forEach(count);

  return {
    path,
    lines,
    withheld: held,
    append,
    withhold: (content) => {
      withheld ??= onDisk(path, () => disk.openSync(partialOf(directory, withheldName), 'a', 0o600));
      const salt = Buffer.from(entropy(16)).toString('hex');
      const bytes = Buffer.from(JSON.stringify({ salt, type: 'withheld', texts: content }));
      const into = withheld;
      onDisk(path, () => disk.writeSync(into, Buffer.concat([bytes, Buffer.of(10)])));
      return digestOf(bytes);
    },
    sync: () =>
      onDisk(path, () => {
        if (withheld !== undefined) disk.fsyncSync(withheld);
        disk.fsyncSync(file);
        disk.fsyncDirectorySync(directory);
      }),
    seal: () => {
      append(sealLine(previous, written));
      onDisk(path, () => {
        disk.fsyncSync(file);
        if (withheld !== undefined) disk.fsyncSync(withheld);
        const aside = partialOf(directory, withheldName);
        if (existsSync(aside)) disk.renameSync(aside, join(directory, withheldName));
        disk.renameSync(partialOf(directory, evidenceName), path);
        disk.fsyncDirectorySync(directory);
      });
      sealed = true;
      return parseDigest(hash.digest('hex'));
    },
    [Symbol.dispose]: () => {
      disk.closeSync(file);
      if (withheld !== undefined) disk.closeSync(withheld);
      lock[Symbol.dispose]();
      if (!sealed && !resumable) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The last line contains its own digest, since no other line follows: that of the line without it. */
export function sealLine(previous: string, lines: readonly Buffer[]): ChainLine {
  const seal = { type: 'seal', lines: lines.length, root: merkleRoot(lines) } as const;
  return { ...seal, digest: digestOf(lineText(previous, seal)) };
}

/** The texts that are kept, by their digests. */
function dropUnnamed(path: string, lines: readonly ChainLine[], disk: Disk): ReadonlyMap<string, Json> {
  if (!existsSync(path)) return new Map();
  const named = new Set(lines.map(({ withheld }) => withheld));
  const kept = completeLines(readFileSync(path)).lines.filter((bytes) => named.has(digestOf(bytes)));
  writeFileAtomically(path, Buffer.concat(kept.flatMap((bytes) => [bytes, Buffer.of(10)])), {
    mode: 0o600,
    disk,
  });
  const textsOf = (bytes: Buffer): Json => (JSON.parse(bytes.toString()) as { readonly texts: Json }).texts;
  return new Map(kept.map((bytes) => [digestOf(bytes), textsOf(bytes)]));
}

/** Drops what follows the last complete line. */
function cutOff(path: string, bytes: number, disk: Disk): void {
  onDisk(path, () => {
    const file = disk.openSync(path, 'r+', 0o600);
    try {
      disk.truncateSync(file, bytes);
      disk.fsyncSync(file);
    } finally {
      disk.closeSync(file);
    }
  });
}
