// The server's log: JSON lines on stderr, without prompts, answers or keys.
import { type Logger, pino } from 'pino';

export function createServerLogger(): Logger {
  return pino(
    {
      level: process.env.TIEGEL_LOG_LEVEL ?? 'warn',
      redact: {
        paths: ['*.authorization', 'req.headers.authorization', 'headers.authorization'],
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
