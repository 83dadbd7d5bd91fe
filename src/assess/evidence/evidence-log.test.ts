// Evidence that was sealed reads back, evidence that was cut off goes on, and no byte of either can change unnoticed.
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { recordingDisk } from '../../base/testing.ts';
import type { ChainLine } from './chain.ts';
import { openEvidence, partialOf, resumeEvidence } from './evidence-log.ts';
import { readEvidence } from './read-evidence.ts';

let home: string;
let directory: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-evidence-'));
  directory = join(home, 'one');
});

afterEach(() => rmSync(home, { recursive: true }));

const lines: readonly ChainLine[] = [
  { type: 'first', text: 'a\nb' },
  { type: 'second', text: '\ud800 alone', '1': 'é' },
  { type: 'third', nested: [1, null, { deep: 0.1 }] },
];

function sealed(): string {
  using evidence = openEvidence(directory);
  for (const line of lines) evidence.append(line);
  const withheld = evidence.withhold(['not to be shown']);
  evidence.append({ type: 'fourth', withheld });
  evidence.seal();
  return evidence.path;
}

test('sealed evidence reads back with the digest stated', () => {
  using evidence = openEvidence(directory);
  for (const line of lines) evidence.append(line);
  expect(existsSync(evidence.path)).toBe(false);
  const digest = evidence.seal();
  expect(digestOf(readFileSync(evidence.path))).toBe(digest);
  const read = readEvidence(evidence.path);
  expect(read).toMatchObject({ sound: true, evidence: { digest, withheld: new Map() } });
  if (!read.sound) throw new Error(read.problem);
  expect(read.evidence.lines.map(({ previous: _, ...line }) => line)).toEqual(lines);
});

test('one process at a time writes, and what it leaves can be gone on with', () => {
  {
    using evidence = openEvidence(directory, { resumable: true });
    evidence.append({ type: 'first' });
    expect(() => resumeEvidence(directory)).toThrow(
      expect.objectContaining({ code: 'TGL_ASSESSMENT_RUNNING' }),
    );
  }
  using evidence = resumeEvidence(directory, { resumable: true });
  expect(evidence.lines).toHaveLength(1);
  expect(() => resumeEvidence(directory)).toThrow(String(process.pid));
});

test('withheld texts lie apart, for the owner only, and are not needed', () => {
  const path = sealed();
  expect(readFileSync(path, 'utf8')).not.toContain('not to be shown');
  const apart = join(directory, 'withheld.jsonl');
  expect(statSync(apart).mode & 0o777).toBe(0o600);
  const whole = readEvidence(path);
  expect(whole.sound && [...(whole.evidence.withheld?.values() ?? [])]).toEqual([['not to be shown']]);
  rmSync(apart);
  expect(readEvidence(path)).toMatchObject({ sound: true, evidence: { withheld: null } });
});

test('any flipped bit anywhere is noticed', () => {
  const path = sealed();
  for (const file of [path, join(directory, 'withheld.jsonl')]) {
    const bytes = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (place, bit) => {
        const changed = Buffer.from(bytes);
        changed[place]! ^= 1 << bit;
        writeFileSync(file, changed);
        expect(readEvidence(path).sound).toBe(false);
      }),
      { numRuns: 100 },
    );
    writeFileSync(file, bytes);
  }
  expect(readEvidence(path).sound).toBe(true);
});

test('a line that is left out, doubled or moved is noticed', () => {
  const path = sealed();
  const texts = readFileSync(path, 'utf8').trimEnd().split('\n');
  const [first, second, third, ...rest] = texts as [string, string, string, ...string[]];
  for (const changed of [
    [first, third, ...rest],
    [first, second, second, third, ...rest],
    [second, first, third, ...rest],
    texts.slice(0, -1),
    [...texts, texts.at(-1)!],
  ]) {
    writeFileSync(path, `${changed.join('\n')}\n`);
    expect(readEvidence(path).sound).toBe(false);
  }
});

test('evidence that was cut off anywhere goes on from its last whole line', () => {
  const path = partialOf(directory, 'evidence.jsonl');
  const written = (): Buffer => {
    using evidence = openEvidence(directory, { resumable: true });
    for (const line of lines) evidence.append(line);
    return readFileSync(path);
  };
  const bytes = written();
  fc.assert(
    fc.property(fc.nat(bytes.length), (length) => {
      rmSync(join(directory, 'evidence.jsonl'), { force: true });
      writeFileSync(path, bytes.subarray(0, length));
      using evidence = resumeEvidence(directory, { resumable: true });
      const kept = bytes.subarray(0, length).toString().split('\n').length - 1;
      expect(evidence.lines).toHaveLength(kept);
      for (const line of lines.slice(kept)) evidence.append(line);
      evidence.seal();
      const read = readEvidence(evidence.path);
      expect(read.sound && read.evidence.lines).toHaveLength(lines.length);
    }),
    { numRuns: 30 },
  );
});

test('withheld texts whose line was never written are dropped', () => {
  {
    using evidence = openEvidence(directory, { resumable: true });
    evidence.append({ type: 'kept', withheld: evidence.withhold('kept') });
    evidence.withhold('dropped');
  }
  appendFileSync(partialOf(directory, 'withheld.jsonl'), '{"torn');
  using evidence = resumeEvidence(directory);
  evidence.seal();
  const read = readEvidence(evidence.path);
  expect(read.sound && [...(read.evidence.withheld?.values() ?? [])]).toEqual(['kept']);
});

test('a broken chain is not resumed', () => {
  {
    using evidence = openEvidence(directory, { resumable: true });
    for (const line of lines) evidence.append(line);
  }
  const path = partialOf(directory, 'evidence.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"a\\nb"', '"a\\nc"'));
  expect(() => resumeEvidence(directory)).toThrow(
    expect.objectContaining({
      code: 'TGL_EVIDENCE_INVALID',
      details: { path, problem: 'line 2: it does not follow the line before' },
    }),
  );
});

test('evidence that is gone on with has the texts put aside before, still for the owner only', () => {
  const unnamed = { prompt: 'a secret' };
  {
    using evidence = openEvidence(directory, { resumable: true });
    const withheld = evidence.withhold(['not to be shown']);
    evidence.append({ type: 'one', withheld });
    evidence.withhold(unnamed);
  }
  const disk = recordingDisk();
  using evidence = resumeEvidence(directory, { disk, resumable: true });
  expect([...evidence.withheld]).toEqual([[evidence.lines[0]?.withheld, ['not to be shown']]]);
  expect(statSync(partialOf(directory, 'withheld.jsonl')).mode & 0o777).toBe(0o600);
  expect(disk.undurable().filter((problem) => problem.includes('bytes'))).toEqual([]);
});

test('no file stays open, and none is missed when its directory is already gone', () => {
  const disk = recordingDisk();
  {
    using evidence = openEvidence(directory, { disk, resumable: true });
    evidence.append({ type: 'one', withheld: evidence.withhold('aside') });
  }
  expect(disk.unclosed()).toEqual([]);
  {
    using evidence = resumeEvidence(directory, { disk });
    expect(disk.unclosed()).toEqual([partialOf(directory, 'evidence.jsonl')]);
    rmSync(directory, { recursive: true });
    expect(evidence.lines).toHaveLength(1);
  }
  expect(disk.unclosed()).toEqual([]);
});

test('a sealed evidence, its withheld texts and their names survive a crash of the machine', () => {
  const disk = recordingDisk();
  using evidence = openEvidence(directory, { disk });
  evidence.append({ type: 'one' });
  evidence.withhold({ prompt: 'a secret' });
  evidence.seal();
  expect(disk.undurable()).toEqual([]);
});

test('what was appended before a sync survives a crash of the machine, withheld texts included', () => {
  const disk = recordingDisk();
  using evidence = openEvidence(directory, { disk, resumable: true });
  evidence.withhold({ prompt: 'a secret' });
  evidence.append({ type: 'one' });
  evidence.sync();
  expect(disk.undurable()).toEqual([]);
});

test('lines without texts put aside are made to last as well', () => {
  using evidence = openEvidence(directory);
  evidence.append({ type: 'one' });
  expect(() => evidence.sync()).not.toThrow();
});

test('a disk that is full at any operation is a typed error, and what was sealed before is untouched', () => {
  for (let failAt = 1; ; failAt++) {
    const place = join(directory, String(failAt));
    const disk = recordingDisk(failAt);
    try {
      using evidence = openEvidence(place, { disk });
      evidence.append({ type: 'one' });
      evidence.withhold({ prompt: 'a secret' });
      evidence.seal();
      break;
    } catch (error) {
      expect(error).toMatchObject({ code: 'TGL_DISK_FULL' });
    }
  }
});

test('evidence that was neither sealed nor to be resumed leaves nothing', () => {
  {
    using evidence = openEvidence(directory);
    evidence.append(lines[0]!);
  }
  expect(existsSync(directory)).toBe(false);
});
