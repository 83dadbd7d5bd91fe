// What commands print: results on stdout (text, or one JSON object with --json), everything on the way on stderr.
// Progress is one line that rewrites itself; where stderr is not a terminal, a line a minute, so that short work is silent.
import { styleText } from 'node:util';
import { type Clock, systemClock } from '../base/index.ts';

export type Terminal = {
  readonly json: boolean;
  /** A line of the result; silent with --json. */
  readonly print: (text?: string) => void;
  /** A piece of the result without a line end; silent with --json. */
  readonly write: (text: string) => void;
  /** The result for programs: one line of JSON, only with --json. */
  readonly result: (value: object) => void;
  /** A line about what is going on. */
  readonly note: (text: string) => void;
  /** Replaces the progress line, or adds one where none was for a minute. */
  readonly progress: (text: string) => void;
  /** Removes the progress line. */
  readonly clearProgress: () => void;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
};

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Milliseconds between two lines of progress where there is no terminal. */
const betweenLines = 60_000;

export function createTerminal(options: {
  readonly json: boolean;
  readonly clock?: Clock;
  readonly stdout?: Stream;
  readonly stderr?: Stream;
}): Terminal {
  const { json, clock = systemClock, stdout = process.stdout, stderr = process.stderr } = options;
  let shown = clock.monotonic();
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { stream: stdout, validateStream: true });
  const clearProgress = () => {
    if (stderr.isTTY) stderr.write('\r\u001b[2K');
  };
  const toResult = (text: string) => {
    clearProgress();
    stdout.write(text);
  };
  return {
    json,
    print: (text = '') => {
      if (!json) toResult(`${text}\n`);
    },
    write: (text) => {
      if (!json) toResult(text);
    },
    result: (value) => {
      if (json) toResult(`${JSON.stringify(value)}\n`);
    },
    note: (text) => {
      clearProgress();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
        return;
      }
      if (clock.monotonic() - shown < betweenLines) return;
      shown = clock.monotonic();
      stderr.write(`${text}\n`);
    },
    clearProgress,
    dim: style('dim'),
    bold: style('bold'),
    good: style('green'),
    bad: style('red'),
  };
}

/** Text that somebody else wrote, without the characters by which it could take over a terminal. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => ('\n\t'.includes(character) ? character : ''));
}

/**
 * A duration for people.
 *
 * @param seconds any non-negative number; unknown durations print as a dash
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A rate with its 95 % interval, such as `87.3 % (83.6 to 90.3)`. */
export function percentWithInterval(rate: number, [low, high]: readonly [number, number]): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(rate)} % (${percent(low)} to ${percent(high)})`;
}
