// Windows of limits, computed from the moment and never reset: hours, days and months of a time zone. Days and months begin
// with their first instant in that zone, also where midnight is skipped; hours are counted from there, so that windows of
// every kind follow one another without a gap on days of 23 or 25 hours.
import type { LimitPeriod } from './limit.ts';

/** Milliseconds since the Unix epoch; the end is no part of it, and infinite where it has none. */
export type Window = { readonly start: number; readonly end: number };

export type Calendar = {
  /** The window that a moment lies in. A minute is one of UTC. @throws RangeError for a time zone that nobody knows */
  readonly windowAt: (period: LimitPeriod, timeZone: string, at: number) => Window;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** A date may be skipped as a whole where a zone moves across the date line. */
const longestDay = 50 * hour;
const longestMonth = 33 * day;

/** @see windowsOf for what is kept between calls */
export function createCalendar(): Calendar {
  const zones = new Map<string, ZoneDate>();
  const dateIn = (timeZone: string): ZoneDate => {
    const known = zones.get(timeZone);
    if (known !== undefined) return known;
    const made = zoneDate(timeZone);
    zones.set(timeZone, made);
    return made;
  };
  return {
    windowAt: (period, timeZone, at) => {
      switch (period) {
        case 'total':
          return { start: 0, end: Number.POSITIVE_INFINITY };
        case 'minute': {
          const start = Math.floor(at / minute) * minute;
          return { start, end: start + minute };
        }
        case 'hour': {
          const { start, end } = windowOf(dateIn(timeZone).day, at, longestDay);
          const hourStart = start + Math.floor((at - start) / hour) * hour;
          return { start: hourStart, end: Math.min(end, hourStart + hour) };
        }
        case 'day':
          return windowOf(dateIn(timeZone).day, at, longestDay);
        case 'month':
          return windowOf(dateIn(timeZone).month, at, longestMonth);
      }
    },
  };
}

/** Numbers that never fall as time goes on: the day and the month of a moment in a zone. */
type ZoneDate = {
  readonly day: (at: number) => number;
  readonly month: (at: number) => number;
};

function zoneDate(timeZone: string): ZoneDate {
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dayOf = (at: number): number => {
    const parts = format.formatToParts(at);
    const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
    return (part('year') * 100 + part('month')) * 100 + part('day');
  };
  return { day: dayOf, month: (at) => Math.floor(dayOf(at) / 100) };
}

/** From the first to behind the last moment around `at` of which `numberOf` says the same, none being longer than that. */
function windowOf(numberOf: (at: number) => number, at: number, longest: number): Window {
  const number = numberOf(at);
  return {
    start: firstThat((moment) => numberOf(moment) >= number, at - longest, at),
    end: firstThat((moment) => numberOf(moment) > number, at, at + longest),
  };
}

/** The first moment, in whole seconds of the epoch, behind `low` and up to `high` that it holds for, as it does for `high`. */
function firstThat(holds: (moment: number) => boolean, low: number, high: number): number {
  let [before, from] = [Math.floor(low / second), Math.ceil(high / second)];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (holds(middle * second)) from = middle;
    else before = middle;
  }
  return from * second;
}
