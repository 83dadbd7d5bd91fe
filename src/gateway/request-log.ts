// One line of the log for each request to a model: who, what, how long and how it ended; nothing of what was said. How a
// request ends is a fact about it and no error of the server, hence the one level.
import type { Logger } from 'pino';
import { placeText } from '../base/index.ts';
import type { RequestObserver } from '../traffic/index.ts';

export function requestLog(logger: Pick<Logger, 'info'>): RequestObserver {
  return {
    ended: (record) => {
      const { outcome, places } = record;
      logger.info(
        {
          requestId: record.requestId,
          account: record.principal?.account ?? null,
          model: record.model,
          dialect: record.dialect,
          admissionKey: record.admissionKey,
          places: places.length === 0 ? places : [...new Set(places.map(placeText))],
          outcome: outcome.type,
          ...('code' in outcome && { code: outcome.code }),
          finish: record.choices.map(({ finish }) => finish),
          usage: record.usage,
          milliseconds: Math.round(record.durationMs),
        },
        'request',
      );
    },
  };
}
