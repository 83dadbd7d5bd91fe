// Comma-separated values after RFC 4180, with quoted fields that may hold commas, quotes and line ends. Differs in that a
// line may also end in LF alone and a byte order mark is skipped; anything else that the RFC does not allow is an error with
// its place, because a row that is read leniently is a wrong prompt that nobody notices.
import { invalidData } from './invalid-data.ts';

export type CsvRecord = {
  /** The line on which it begins, counted from 1; a quoted field may span several. */
  readonly line: number;
  readonly fields: readonly string[];
};

/** Far above the public sets: the largest has 12,000 rows. */
const limits = { records: 100_000, fields: 256, fieldCharacters: 1_000_000 } as const;

/** Where the file is being read; columns are counted from `lineStart`, the place where the current line begins. */
type Cursor = { readonly text: string; readonly file: string; at: number; line: number; lineStart: number };

/**
 * All records of a file, the header among them. Each has as many fields as the first.
 *
 * @param file named in errors
 * @throws TGL_DATA_SET_INVALID
 */
export function parseCsv(text: string, file: string): readonly CsvRecord[] {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const cursor: Cursor = { text, file, at: start, line: 1, lineStart: start };
  const records: CsvRecord[] = [];
  while (cursor.at < text.length) {
    const { line } = cursor;
    const fields = readFields(cursor);
    const expected = records[0]?.fields.length ?? fields.length;
    if (fields.length !== expected) {
      const problem = `the row has ${fields.length} fields and the header ${expected}`;
      refuse(cursor, problem, 'give each row as many fields as the header');
    }
    records.push({ line, fields });
    if (records.length > limits.records)
      refuse(cursor, `there are more than ${limits.records} rows`, 'cut the file into several');
    endLine(cursor);
  }
  return records;
}

function refuse({ file, line, at, lineStart }: Cursor, problem: string, repair: string): never {
  return invalidData({ file, line, column: at - lineStart + 1 }, problem, repair);
}

/** The fields of one record, up to its end of line. */
function readFields(cursor: Cursor): readonly string[] {
  const fields: string[] = [];
  for (;;) {
    const field = cursor.text[cursor.at] === '"' ? readQuoted(cursor) : readPlain(cursor);
    if (field.length > limits.fieldCharacters) {
      const problem = `a field has more than ${limits.fieldCharacters} characters`;
      refuse(cursor, problem, 'shorten it or take the row out');
    }
    fields.push(field);
    if (fields.length > limits.fields)
      refuse(cursor, `there are more than ${limits.fields} fields`, 'take columns out');
    if (cursor.text[cursor.at] !== ',') return fields;
    cursor.at++;
  }
}

function readQuoted(cursor: Cursor): string {
  const { text } = cursor;
  const opened = { ...cursor };
  let field = '';
  let from = cursor.at + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0)
      refuse(opened, 'a quoted field is never closed', 'close it, and write a quote inside it twice');
    countLines(cursor, from, close);
    field += text.slice(from, close);
    cursor.at = close + 1;
    if (text[cursor.at] !== '"') break;
    field += '"';
    from = cursor.at + 1;
  }
  if (cursor.at < text.length && !isEndOfField(text, cursor.at)) {
    const repair = 'end the field with its quote, or write the quote inside it twice';
    refuse(cursor, 'text follows a quoted field', repair);
  }
  return field;
}

/** Counts the line ends inside a quoted field. */
function countLines(cursor: Cursor, from: number, to: number): void {
  for (let at = cursor.text.indexOf('\n', from); at >= 0 && at < to; at = cursor.text.indexOf('\n', at + 1)) {
    cursor.line++;
    cursor.lineStart = at + 1;
  }
}

function readPlain(cursor: Cursor): string {
  const { text, at: from } = cursor;
  while (cursor.at < text.length && !isEndOfField(text, cursor.at)) {
    if (text[cursor.at] === '"')
      refuse(cursor, 'a quote stands inside a field without quotes', 'put the whole field in quotes');
    if (text[cursor.at] === '\r')
      refuse(cursor, 'a carriage return stands alone', 'end lines with LF or CRLF');
    cursor.at++;
  }
  return text.slice(from, cursor.at);
}

function endLine(cursor: Cursor): void {
  if (cursor.at === cursor.text.length) return;
  cursor.at += cursor.text[cursor.at] === '\r' ? 2 : 1;
  cursor.line++;
  cursor.lineStart = cursor.at;
}

function isEndOfField(text: string, at: number): boolean {
  return text[at] === ',' || text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n');
}

export type CsvRow<Column extends string> = {
  readonly line: number;
  readonly values: Readonly<Record<Column, string>>;
};

/**
 * The rows below a header, by the columns that are needed; others are ignored.
 *
 * @throws TGL_DATA_SET_INVALID, also for a missing column, with the columns that are required
 */
export function csvRows<Column extends string>(
  text: string,
  file: string,
  columns: readonly Column[],
): readonly CsvRow<Column>[] {
  const [header, ...records] = parseCsv(text, file);
  const names = (header?.fields ?? []).map((name) => name.trim());
  for (const column of columns) {
    const found = names.filter((name) => name === column).length;
    if (found === 1) continue;
    const problem = `the header has ${found === 0 ? 'no' : 'more than one'} column ${column}`;
    const repair = `check the format of the file; its columns must include ${columns.join(', ')}`;
    invalidData({ file, line: 1, column }, problem, repair);
  }
  return records.map(({ line, fields }) => ({
    line,
    values: Object.fromEntries(
      columns.map((column) => [column, fields[names.indexOf(column)] as string]),
    ) as Record<Column, string>,
  }));
}
