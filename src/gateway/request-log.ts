// One line of the log for each request to a model: who, what, how long and how it ended; nothing of what was said. How a
// request ends is a fact about it and no error of the server, hence the one level. The line is written by concatenation,
// since it would otherwise cost more than any other part of a request but the writes.
import type { Logger } from 'pino';
import { placeText, visibleJson } from '../base/index.ts';
import type { RequestObserver, RequestRecord } from '../traffic/index.ts';

/** What a log can do beside pino's methods: a line whose members are JSON already, such as `"a":1,"b":"c"`. */
export type LogsJson = { readonly infoJson?: (members: string, message: string) => void };

export function requestLog(logger: Pick<Logger, 'info'> & LogsJson): RequestObserver {
  const { infoJson } = logger;
  return {
    ended: (record) => {
      const members = requestMembers(record);
      if (infoJson !== undefined) infoJson(members, 'request');
      else logger.info(JSON.parse(`{${members}}`), 'request');
    },
  };
}

/** What the log tells of a request, as members of a JSON object. */
export function requestMembers(record: RequestRecord): string {
  const { outcome, places, usage } = record;
  const code = 'code' in outcome ? `,"code":${text(outcome.code)}` : '';
  const placeTexts = places.length === 0 ? '' : [...new Set(places.map(placeText))].map(text).join();
  let finishes = '';
  for (const { finish } of record.choices) finishes += `${finishes === '' ? '' : ','}${text(finish)}`;
  return (
    `"requestId":${text(record.requestId)},"account":${text(record.principal?.account ?? null)}` +
    `,"model":${text(record.model)},"dialect":${text(record.dialect)}` +
    `,"admissionKey":${text(record.admissionKey)},"places":[${placeTexts}]` +
    `,"outcome":${text(outcome.type)}${code},"finish":[${finishes}]` +
    `,"usage":{"promptTokens":${usage.promptTokens},"cachedPromptTokens":${usage.cachedPromptTokens}` +
    `,"completionTokens":${usage.completionTokens},"reasoningTokens":${usage.reasoningTokens}}` +
    `,"milliseconds":${Math.round(record.durationMs)}`
  );
}

function text(value: string | null): string {
  return value === null ? 'null' : visibleJson(JSON.stringify(value));
}
