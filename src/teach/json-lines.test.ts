// Files of JSON lines: what was appended comes back, what a crash cut off is dropped, and anything else is refused by file
// and line.
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { appendLine, readLines, rewindLines } from './json-lines.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-json-lines-'));
let files = 0;
const newPath = () => join(directory, `${files++}.jsonl`);
const line = z.strictObject({ step: z.int().min(0), text: z.string() });

test('lines come back as they were appended, up to a line that was cut off anywhere', () => {
  const lines = fc.array(fc.record({ step: fc.nat(), text: fc.string() }), { maxLength: 5 });
  fc.assert(
    fc.property(lines, fc.nat(1000), (written, cut) => {
      const path = newPath();
      for (const value of written) appendLine(path, value);
      const text = written.length === 0 ? '' : readFileSync(path, 'utf8');
      const kept = text.slice(0, cut);
      writeFileSync(path, kept);
      expect(readLines(path, line)).toEqual(written.slice(0, kept.split('\n').length - 1));
    }),
    { numRuns: 50 },
  );
});

test('a file that is not there has no lines', () => {
  expect(readLines(newPath(), line)).toEqual([]);
});

describe('damage', () => {
  test.each([
    ['no JSON', '{"step":2,"te', /line 2 is not JSON/],
    ['a member of another type', '{"step":"2","text":"b"}', /line 2 is not what a run writes \(step: /],
    ['a missing member', '{"step":2}', /line 2 .*\(text: /],
    ['an unknown member', '{"step":2,"text":"b","more":1}', /line 2 .*more/],
    ['an empty line', '', /line 2 is not JSON/],
    ['a number that is none', '{"step":1e999,"text":"b"}', /line 2 .*\(step: /],
  ])('%s is refused with its file and line', (_, text, problem) => {
    const path = newPath();
    writeFileSync(path, `{"step":1,"text":"a"}\n${text}\n{"step":3,"text":"c"}\n`);
    const refused = { code: 'TGL_RUN_INVALID', details: { path, problem: expect.stringMatching(problem) } };
    expect(() => readLines(path, line)).toThrow(expect.objectContaining(refused));
  });

  test('a file with a line without a step is not rewound, and stays as it is', () => {
    const path = newPath();
    writeFileSync(path, '{"step":1}\n{"stop":2}\n');
    expect(() => rewindLines(path, 1)).toThrow(expect.objectContaining({ code: 'TGL_RUN_INVALID' }));
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"stop":2}\n');
  });
});

test('rewinding keeps the bytes of the lines that stay, whatever else they hold', () => {
  const path = newPath();
  writeFileSync(path, '{"more": 0.10, "step": 1}\n{"step":2}\n{"step":3}\n');
  appendFileSync(path, '{"step":4,"lo');
  rewindLines(path, 2);
  expect(readFileSync(path, 'utf8')).toBe('{"more": 0.10, "step": 1}\n{"step":2}\n');
});
