// Requests as they came, out of a file: rows of the ledger as `tiegel usage export` prints them, or JSON lines and CSV of times and
// tokens as others publish them.
import { TiegelError } from '../../base/index.ts';
import type { Arrival, Trace } from './arrivals.ts';

const maxRows = 2_000_000;

/**
 * A row has `at` in milliseconds since the Unix epoch or as a time, `prompt_tokens` and `completion_tokens`, and may have
 * `client`. Rows of the ledger have these under its own names; those that no model answered are left out.
 *
 * @throws TGL_TRACE_INVALID that names the line
 */
export function readTrace(file: string, text: string): Trace {
  const lines = text.split(/\r?\n/);
  const isJson =
    lines
      .find((line) => line.trim() !== '')
      ?.trimStart()
      .startsWith('{') === true;
  const header = isJson ? [] : (lines[0] ?? '').split(',').map((name) => name.trim());
  const arrivals: Arrival[] = [];
  if (lines.length > maxRows) throw invalid(file, maxRows + 1, `there are more than ${maxRows} rows`);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (!isJson && index === 0)) continue;
    const row = isJson ? parsed(line) : rowOf(header, line);
    if (row === undefined) throw invalid(file, index + 1, 'it is no JSON object');
    if (isNoCompletion(row)) continue;
    const arrival = arrivalOf(row);
    if (typeof arrival === 'string') throw invalid(file, index + 1, arrival);
    arrivals.push(arrival);
  }
  const trace = traceOf(arrivals);
  if (trace === undefined)
    throw invalid(file, lines.length, 'it has fewer than two moments at which something was asked');
  return trace;
}

/** Requests in whatever order, the first one at the beginning; undefined where all of them came at one moment. */
export function traceOf(requests: readonly Arrival[]): Trace | undefined {
  const arrivals = requests.toSorted((one, other) => one.at - other.at);
  const [first] = arrivals;
  const last = arrivals.at(-1);
  if (first === undefined || last === undefined || last.at === first.at) return undefined;
  const duration = (last.at - first.at) * (arrivals.length / (arrivals.length - 1));
  return { arrivals: arrivals.map((arrival) => ({ ...arrival, at: arrival.at - first.at })), duration };
}

type Row = Readonly<Record<string, unknown>>;

function parsed(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}

function rowOf(header: readonly string[], line: string): Row {
  const cells = line.split(',');
  return Object.fromEntries(header.map((name, index) => [name, cells[index]?.trim() ?? '']));
}

/** Rows of the ledger that are no request for a reply. */
function isNoCompletion({ kind, operation }: Row): boolean {
  return (
    (kind !== undefined && kind !== 'settle') || (operation !== undefined && operation !== 'completions')
  );
}

function arrivalOf(row: Row): Arrival | string {
  const at = secondsOf(row.at);
  if (at === undefined)
    return `at is ${shown(row.at)}; expected milliseconds or a time such as 2026-11-30T08:00:00Z`;
  const promptTokens = countOf(row.prompt_tokens ?? row.prompt);
  if (promptTokens === undefined)
    return `prompt_tokens is ${shown(row.prompt_tokens ?? row.prompt)}; expected a count`;
  const ofLedger = row.answer === undefined ? undefined : Number(row.answer) + Number(row.reasoning ?? 0);
  const completionTokens = countOf(row.completion_tokens ?? ofLedger);
  if (completionTokens === undefined)
    return `completion_tokens is ${shown(row.completion_tokens)}; expected a count`;
  const client = String(row.client ?? row.account ?? 'all');
  return { at, client, promptTokens, completionTokens: Math.max(1, completionTokens) };
}

function secondsOf(value: unknown): number | undefined {
  const milliseconds = /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Date.parse(String(value));
  return Number.isFinite(milliseconds) ? milliseconds / 1_000 : undefined;
}

function countOf(value: unknown): number | undefined {
  const count = Number(value);
  return value !== undefined && value !== '' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 60);
}

function invalid(file: string, line: number, problem: string): TiegelError {
  return new TiegelError('TGL_TRACE_INVALID', { file, line, problem });
}
