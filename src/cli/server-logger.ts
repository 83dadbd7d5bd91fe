// Where the server's log goes: to stderr. Lines are gathered and written in blocks, since a write for each would cost a
// fifth of what a request costs; an error is written at once, with those before it.
import { systemClock, TiegelError } from '../base/index.ts';
import { createServerLog, type ServerLog } from '../gateway/index.ts';

type ServerLoggerOptions = {
  /** @default what TIEGEL_LOG_LEVEL says, else warn */
  readonly level?: string;
  /** @default to stderr */
  readonly write?: (block: string) => void;
};

const mostLines = 256;
const mostMilliseconds = 1000;

/** Of what is written; the others, which loggers commonly have, are those in between. */
const levels: Readonly<Record<string, 'info' | 'error'>> = {
  ...{ trace: 'info', debug: 'info', info: 'info', warn: 'error', error: 'error' },
};

/**
 * Lines that have not been written are written when the process ends.
 *
 * @throws TGL_ENVIRONMENT_INVALID
 */
export function createServerLogger(options: ServerLoggerOptions = {}): ServerLog {
  const { level = process.env.TIEGEL_LOG_LEVEL ?? 'warn', write = toStderr } = options;
  const least = Object.hasOwn(levels, level) ? levels[level] : undefined;
  if (least === undefined) {
    const [received, expected] = [JSON.stringify(level), `one of ${Object.keys(levels).join(', ')}`];
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_LOG_LEVEL', received, expected });
  }
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length > 0) write(lines.join(''));
    lines = [];
  };
  process.once('exit', flush);
  return createServerLog({
    level: least,
    clock: systemClock,
    write: (line, urgent) => {
      lines.push(line);
      if (lines.length >= mostLines || urgent) flush();
      else timer ??= setTimeout(flush, mostMilliseconds).unref();
    },
  });
}

function toStderr(block: string): void {
  process.stderr.write(block);
}
