// The server's log: JSON lines on stderr, without prompts, answers or keys, in which nothing steers a terminal. Lines are gathered and written in blocks,
// since a write for each would cost a fifth of what a request costs; an error is written at once, with those before it.
import { type Logger, pino } from 'pino';
import { hideKeys, visibleJson } from '../base/index.ts';
import type { LogLevel } from './environment.ts';

type ServerLoggerOptions = {
  readonly level: LogLevel;
  /** @default to stderr */
  readonly write?: (block: string) => void;
  /** Who calls back when the process ends. @default the process */
  readonly onExit?: (flush: () => void) => void;
};

const mostLines = 256;
const mostMilliseconds = 1000;
const errorLevel = 50;

/** Lines that have not been written are written when the process ends. */
export function createServerLogger({
  level,
  write = toStderr,
  onExit = (flush) => void process.once('exit', flush),
}: ServerLoggerOptions): Logger {
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length > 0) write(lines.join(''));
    lines = [];
  };
  onExit(flush);
  const destination = {
    /** Makes pino tell the level of a line before it writes it. */
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string): void => {
      lines.push(hideKeys(visibleJson(line)));
      if (lines.length >= mostLines || destination.lastLevel >= errorLevel) flush();
      else timer ??= setTimeout(flush, mostMilliseconds).unref();
    },
  };
  // Nothing here logs headers; this is for whoever does one day. A wildcard would cost as much as the line itself.
  const paths = ['authorization', 'headers.authorization', 'req.headers.authorization'];
  return pino({ level, redact: { paths, censor: '[redacted]' } }, destination);
}

function toStderr(block: string): void {
  process.stderr.write(block);
}
