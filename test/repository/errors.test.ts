// The error table, docs/errors.md and the code that throws agree in every direction.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, errorEntry, errorTable } from '../../src/base/index.ts';
import { filesBelow, root } from './source-files.ts';

const codes = Object.keys(errorTable) as ErrorCode[];

/** Rows of the table in docs/errors.md: | `CODE` | status | retry | public code | what happened | how to fix it | */
const documented = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `TGL_'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|$/g, '')));

describe('error catalogue', () => {
  test('docs/errors.md has exactly one row for each code, in the order of the table', () => {
    expect(documented.map((row) => row[0])).toEqual(codes.map((code) => `\`${code}\``));
  });

  test.each(codes)('%s is documented with its status, retryability, public code, message and fix', (code) => {
    const entry = errorEntry(code);
    const row = documented.find((cells) => cells[0] === `\`${code}\``);
    expect(row?.slice(1)).toEqual([
      String(entry.status),
      entry.retryable ? 'yes' : 'no',
      entry.publicCode === null ? '-' : `\`${entry.publicCode}\``,
      entry.message,
      entry.fix,
    ]);
  });

  test('every code is thrown somewhere and every code thrown is in the table', () => {
    const sources = ['src', 'scripts']
      .flatMap((folder) => filesBelow(folder, ['.ts', '.mjs']))
      .filter((file) => !file.path.endsWith('.test.ts') && !file.path.startsWith('src/base/errors/'));
    const used = new Set(sources.flatMap((file) => file.text.match(/\bTGL_[A-Z_]*[A-Z]\b/g) ?? []));
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
    expect([...used].filter((code) => !(code in errorTable))).toEqual([]);
  });

  test('a code stands in one table only', () => {
    const rows = filesBelow('src/base/errors', ['.ts', '.json']).flatMap(
      (file) => file.text.match(/^ {2}"?TGL_\w+/gm) ?? [],
    );
    expect(rows.length).toBe(codes.length);
  });

  /** Thrown beside a request: at the start of a server, when a model is added, by a command, or translated on the way. */
  const besideRequests = [
    'TGL_ADDRESS_FORBIDDEN',
    'TGL_ADDRESS_IN_USE',
    'TGL_FILTER_INVALID',
    'TGL_SERVER_UNKNOWN',
  ];

  test('what an engine, a turn or the gateway throws has a public code', () => {
    const sources = ['src/engine', 'src/reasoning', 'src/gateway']
      .flatMap((folder) => filesBelow(folder, ['.ts']))
      .filter((file) => !file.path.endsWith('.test.ts'));
    const thrown = new Set(
      sources.flatMap((file) => file.text.match(/(?<=new TiegelError\(\s*')TGL_[A-Z_]+/g) ?? []),
    );
    const hidden = [...thrown].filter((code) => errorEntry(code as ErrorCode).publicCode === null);
    expect(hidden.filter((code) => !besideRequests.includes(code)).sort()).toEqual([]);
    expect(besideRequests.filter((code) => !hidden.includes(code))).toEqual([]);
  });

  test('a fix is a sentence', () => {
    expect(codes.filter((code) => !/^[A-Z].*[.]$/s.test(errorEntry(code).fix))).toEqual([]);
  });
});
