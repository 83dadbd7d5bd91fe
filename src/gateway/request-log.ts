// One line of the log for each request to a model: who, what, how long and how it ended; nothing of what was said. How a
// request ends is a fact about it and no error of the server, hence the one level.
import type { Logger } from 'pino';
import { placeText } from '../base/index.ts';
import type { RequestObserver } from '../traffic/index.ts';

export function requestLog(logger: Pick<Logger, 'info'>): RequestObserver {
  return {
    ended: ({ requestId, principal, model, admissionKey, places, outcome, ...record }) => {
      const { dialect, usage, choices, durationMs } = record;
      const { type, ...why } = outcome;
      logger.info(
        {
          ...{ requestId, account: principal?.account ?? null, model, dialect, admissionKey },
          places: [...new Set(places.map(placeText))],
          ...{ outcome: type, ...why },
          finish: choices.map(({ finish }) => finish),
          usage,
          milliseconds: Math.round(durationMs),
        },
        'request',
      );
    },
  };
}
