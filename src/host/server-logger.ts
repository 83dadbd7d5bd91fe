// The server's log: JSON lines on stderr, without prompts, answers or keys, in which nothing steers a terminal. Lines are gathered and written in blocks,
// since a write for each would cost a fifth of what a request costs; an error is written at once, with those before it.
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { hideKeys, systemClock, visibleJson } from '../base/index.ts';
import type { LogLevel } from './environment.ts';

/** It writes a line whose members are JSON already, and in which nothing steers a terminal. */
export type ServerLogger = Logger & { readonly infoJson: (members: string, message: string) => void };

type ServerLoggerOptions = {
  readonly level: LogLevel;
  /** @default to stderr */
  readonly write?: (block: string) => void;
  /** Who calls back when the process ends. @default the process */
  readonly onExit?: (flush: () => void) => void;
};

const mostLines = 256;
const mostMilliseconds = 1000;
const [infoLevel, errorLevel] = [30, 50];

/** Lines that have not been written are written when the process ends. */
export function createServerLogger({
  level,
  write = toStderr,
  onExit = (flush) => void process.once('exit', flush),
}: ServerLoggerOptions): ServerLogger {
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length > 0) write(lines.join(''));
    lines = [];
  };
  onExit(flush);
  const add = (line: string, levelOfLine: number): void => {
    lines.push(hideKeys(line));
    if (lines.length >= mostLines || levelOfLine >= errorLevel) flush();
    else timer ??= setTimeout(flush, mostMilliseconds).unref();
  };
  const destination = {
    /** Makes pino tell the level of a line before it writes it. */
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string): void => add(visibleJson(line), destination.lastLevel),
  };
  // Nothing here logs headers; this is for whoever does one day. A wildcard would cost as much as the line itself.
  const paths = ['authorization', 'headers.authorization', 'req.headers.authorization'];
  const base = { pid: process.pid, hostname: hostname() };
  const logger = pino({ level, base, redact: { paths, censor: '[redacted]' } }, destination);
  const always = visibleJson(JSON.stringify(base).slice(1, -1));
  const infoJson = (members: string, message: string): void => {
    if (logger.levelVal > infoLevel) return;
    const line = `{"level":${infoLevel},"time":${systemClock.now()},${always},${members},"msg":"${message}"}\n`;
    add(line, infoLevel);
  };
  return Object.assign(logger, { infoJson });
}

function toStderr(block: string): void {
  process.stderr.write(block);
}
