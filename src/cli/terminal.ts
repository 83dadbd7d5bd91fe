// What commands print: results on stdout (text, or one JSON object with --json), everything on the way on stderr.
// Progress is one line that rewrites itself; where stderr is not a terminal, a line a minute, so that short work is silent.
// Nobody else writes to a terminal: whatever a model, a file or a server put into a text is made harmless here, and only
// styles asked for here become escape sequences.
import { styleText } from 'node:util';
import {
  type Clock,
  type Entropy,
  forTerminal,
  systemClock,
  systemEntropy,
  visibleJson,
} from '../base/index.ts';

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
type Style = (typeof styles)[number];

const styles = ['dim', 'bold', 'green', 'red'] as const;

/** Milliseconds between two lines of progress where there is no terminal. */
const betweenLines = 60_000;

export function createTerminal(options: {
  readonly json: boolean;
  readonly clock?: Clock;
  readonly stdout?: Stream;
  readonly stderr?: Stream;
  readonly entropy?: Entropy;
}): Terminal {
  const { json, clock = systemClock, entropy = systemEntropy } = options;
  const { stdout = process.stdout, stderr = process.stderr } = options;
  let lastLine = clock.monotonic();
  // Styles travel through texts as marks that nobody outside can guess, so that no other text is taken for one.
  const secret = Buffer.from(entropy(12)).toString('hex');
  const marks = new RegExp(`\u0002${secret}(${styles.join('|')})\u0002|\u0003${secret}\u0003`, 'g');
  const style = (name: Style) => (text: string) => `\u0002${secret}${name}\u0002${text}\u0003${secret}\u0003`;

  const rendered = (text: string, stream: Stream): string => {
    let shown = '';
    let end = 0;
    const opened: Style[] = [];
    for (const mark of text.matchAll(marks)) {
      shown += styled(forTerminal(text.slice(end, mark.index)), opened.at(-1), stream);
      if (mark[1] === undefined) opened.pop();
      else opened.push(mark[1] as Style);
      end = mark.index + mark[0].length;
    }
    return shown + styled(forTerminal(text.slice(end)), opened.at(-1), stream);
  };
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
      if (!json) toResult(`${rendered(text, stdout)}\n`);
    },
    write: (text) => {
      if (!json) toResult(rendered(text, stdout));
    },
    result: (value) => {
      if (json) toResult(`${visibleJson(JSON.stringify(value))}\n`);
    },
    note: (text) => {
      clearProgress();
      stderr.write(`${rendered(text, stderr)}\n`);
    },
    progress: (text) => {
      const line = rendered(text, stderr).replaceAll('\n', ' ');
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
        return;
      }
      if (clock.monotonic() - lastLine < betweenLines) return;
      lastLine = clock.monotonic();
      stderr.write(`${line}\n`);
    },
    clearProgress,
    dim: style('dim'),
    bold: style('bold'),
    good: style('green'),
    bad: style('red'),
  };
}

function styled(text: string, style: Style | undefined, stream: Stream): string {
  return style === undefined || text === '' ? text : styleText(style, text, { stream, validateStream: true });
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

/** A size for people. */
export function formatBytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** A rate with its 95 % interval, such as `87.3 % (83.6 to 90.3)`. */
export function percentWithInterval(rate: number, [low, high]: readonly [number, number]): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(rate)} % (${percent(low)} to ${percent(high)})`;
}
