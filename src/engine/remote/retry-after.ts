// When a server that is busy wants to be asked again: RFC 9110, section 10.2.3, and OpenAI's header in milliseconds.
import type { OutboundResponse } from '../../outbound/index.ts';

const defaultRetryMs = 1_000;
const longestRetryMs = 10 * 60 * 1000;

/** In milliseconds, within bounds; a date counts from the server's own, so that clocks need not agree. */
export function retryAfterMs(headers: OutboundResponse['headers']): number {
  const asked = [
    numberOf(headers['retry-after-ms']),
    seconds(headers['retry-after']),
    untilDate(headers['retry-after'], headers.date),
  ].find((wait) => wait !== undefined && wait >= 0);
  return asked === undefined ? defaultRetryMs : Math.min(asked, longestRetryMs);
}

function numberOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+(\.\d+)?$/.test(header) ? Number(header) : undefined;
}

function seconds(header: string | undefined): number | undefined {
  const number = numberOf(header);
  return number === undefined ? undefined : Math.ceil(number * 1000);
}

function untilDate(header: string | undefined, now: string | undefined): number | undefined {
  const wait = Date.parse(header ?? '') - Date.parse(now ?? '');
  return Number.isNaN(wait) ? undefined : wait;
}
