// Writes the rows of docs/errors.md from the error table; the text above them is written by hand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, errorEntry, errorTable, writeFileAtomically } from '../src/base/index.ts';

const path = join(import.meta.dirname, '..', 'docs', 'errors.md');
const text = readFileSync(path, 'utf8');
const rowsBegin = text.indexOf('|---|');
const above = text.slice(0, text.indexOf('\n', rowsBegin) + 1);
const rows = (Object.keys(errorTable) as ErrorCode[]).map((code) => {
  const { status, retryable, publicCode, message, fix } = errorEntry(code);
  const told = publicCode === null ? '-' : `\`${publicCode}\``;
  return `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${told} | ${message} | ${fix} |\n`;
});
writeFileAtomically(path, above + rows.join(''));
