// What is wrong with evidence is said with its line, also where whoever changed it made the chain and its seal fit again.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { chainedLines, completeLines, firstPrevious, lineText, parseLine } from './chain.ts';
import { openEvidence, sealLine } from './evidence-log.ts';
import { readEvidence } from './read-evidence.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tiegel-damage-'));
});

afterEach(() => rmSync(home, { recursive: true }));

function bytesOf(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(''));
}

function unsound(problem: string) {
  return { sound: false, problem };
}

describe('a line', () => {
  test.each([
    ['{"type":', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['7', 'it is not an object'],
    ['"type"', 'it is not an object'],
    ['null', 'it is not an object'],
    ['[{"type":"a"}]', 'it is not an object'],
    ['{"type": "a"}', 'it is not written as evidence is'],
    ['{"type":"\\u0061"}', 'it is not written as evidence is'],
    ['{"type":"a","type":"a"}', 'it is not written as evidence is'],
    ['{"previous":"0"}', 'it has no type'],
    ['{"type":1}', 'it has no type'],
  ])('%s: %s', (text, problem) => {
    expect(parseLine(Buffer.from(text))).toBe(problem);
    expect(chainedLines([Buffer.from(text)])).toEqual({ sound: false, line: 1, problem });
  });

  test('that is written as evidence is reads as what it says', () => {
    expect(parseLine(Buffer.from('{"type":"a"}'))).toEqual({ type: 'a' });
  });
});

describe('lines of a file', () => {
  test('are counted though they are empty, and end with their line break', () => {
    const { lines, length } = completeLines(Buffer.from('\na\n\nb'));
    expect([lines.map(String), length]).toEqual([['', 'a', ''], 4]);
  });
});

describe('a chain', () => {
  test('that begins elsewhere or misses a line is broken at that line', () => {
    const [first, second] = ['a', 'b'].map((type) => Buffer.from(lineText(firstPrevious, { type })));
    if (first === undefined || second === undefined) throw new Error('there are two');
    expect(chainedLines([first, second])).toEqual({
      ...{ sound: false, line: 2, problem: 'it does not follow the line before' },
    });
    const elsewhere = Buffer.from(lineText(digestOf('elsewhere'), { type: 'a' }));
    expect(chainedLines([elsewhere])).toEqual({ sound: false, line: 1, problem: 'it is not a first line' });
    const third = Buffer.from(lineText(digestOf(first), { type: 'c' }));
    expect(chainedLines([first, third])).toMatchObject({ sound: true, last: digestOf(third) });
  });
});

describe('evidence', () => {
  const first = lineText(firstPrevious, { type: 'one' });

  function problemOf(bytes: Buffer): unknown {
    const path = join(home, 'evidence.jsonl');
    writeFileSync(path, bytes);
    return readEvidence(path);
  }

  test('that is empty or stops before its seal is not sealed', () => {
    expect(problemOf(Buffer.alloc(0))).toEqual(unsound('it is not sealed'));
    expect(problemOf(bytesOf([first]))).toEqual(unsound('it is not sealed'));
  });

  test('with a broken line is wrong at that line', () => {
    expect(problemOf(bytesOf([first, first]))).toEqual(unsound('line 2: it does not follow the line before'));
  });

  test('behind whose seal anything stands is not sound', () => {
    const seal = lineText(digestOf(first), sealLine(digestOf(first), [Buffer.from(first)]));
    expect(problemOf(bytesOf([first, seal]))).toMatchObject({ sound: true });
    expect(problemOf(Buffer.concat([bytesOf([first, seal]), Buffer.from('{"torn')]))).toEqual(
      unsound('the last line has no end'),
    );
    const other = lineText(digestOf(first), sealLine(digestOf(first), []));
    expect(problemOf(bytesOf([first, other]))).toEqual(unsound('its seal does not fit its lines'));
  });
});

describe('texts put aside', () => {
  const texts = ['{"salt":"1","type":"withheld","texts":"a"}', '{"salt":"2","type":"withheld","texts":"b"}'];
  const [one, two] = texts as [string, string];

  /** Evidence that names them, beside these bytes. */
  function readBeside(named: readonly string[], bytes: Buffer) {
    const directory = join(home, 'one');
    mkdirSync(directory);
    using evidence = openEvidence(directory);
    for (const text of named) evidence.append({ type: 'case', withheld: digestOf(text) });
    evidence.seal();
    appendFileSync(join(directory, 'withheld.jsonl'), bytes);
    return readEvidence(evidence.path);
  }

  test('belong to the digests that name them', () => {
    const read = readBeside(texts, bytesOf(texts));
    expect(read.sound && [...(read.evidence.withheld ?? [])]).toEqual([
      [digestOf(one), 'a'],
      [digestOf(two), 'b'],
    ]);
  });

  test.each([
    ['one that was cut', texts, Buffer.from(one), 'the last withheld text has no end'],
    ['one that is missing', texts, bytesOf([one]), 'withheld texts are missing'],
    ['one that stands twice', [one], bytesOf([one, one]), 'withheld texts are missing'],
    ['one in place of another', texts, bytesOf([one, one]), 'withheld texts are missing'],
    ['one that nothing names', [one], bytesOf(texts), 'withheld text 2 is not the one that was'],
    ['what is no text', ['7'], bytesOf(['7']), 'withheld text 1 is not the one that was'],
  ])('are not sound with %s', (_, named, bytes, problem) => {
    expect(readBeside(named, bytes)).toEqual(unsound(problem));
  });
});
