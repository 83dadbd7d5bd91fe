import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCalendar } from './calendar.ts';

const calendar = createCalendar();
const utc = (text: string): number => Date.parse(`${text}Z`);
const shown = (zone: string, period: 'hour' | 'day' | 'month', at: number): readonly string[] => {
  const { start, end } = calendar.windowAt(period, zone, at);
  return [new Date(start).toISOString(), new Date(end).toISOString()];
};

describe('windows', () => {
  test('of a day have 23 or 25 hours where the clock is changed', () => {
    expect(shown('Europe/Berlin', 'day', utc('2026-03-29T12:00'))).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(shown('Europe/Berlin', 'day', utc('2026-10-25T12:00'))).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('of a day begin behind a midnight that is skipped, and a whole day may be', () => {
    // In Havana the clock goes from 0:00 to 1:00.
    expect(shown('America/Havana', 'day', utc('2026-03-08T12:00'))[0]).toBe('2026-03-08T05:00:00.000Z');
    // Samoa had no 30th of December 2011.
    expect(shown('Pacific/Apia', 'day', utc('2011-12-30T09:59:59'))[1]).toBe('2011-12-30T10:00:00.000Z');
    expect(shown('Pacific/Apia', 'day', utc('2011-12-30T10:00'))).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ]);
  });

  test('of a month begin and end in the zone of the organisation', () => {
    expect(shown('America/New_York', 'month', utc('2026-03-01T04:59:59'))).toEqual([
      '2026-02-01T05:00:00.000Z',
      '2026-03-01T05:00:00.000Z',
    ]);
    expect(shown('Asia/Kathmandu', 'month', utc('2026-01-31T18:15'))[0]).toBe('2026-01-31T18:15:00.000Z');
  });

  test('of an hour begin where those of the zone do', () => {
    expect(shown('Asia/Kolkata', 'hour', utc('2026-01-01T10:45'))).toEqual([
      '2026-01-01T10:30:00.000Z',
      '2026-01-01T11:30:00.000Z',
    ]);
  });

  test('of everything have no end', () => {
    expect(calendar.windowAt('total', 'UTC', 1)).toEqual({ start: 0, end: Number.POSITIVE_INFINITY });
  });

  test('follow one another without a gap, in every zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const moment = fc.integer({ min: utc('2005-01-01T00:00'), max: utc('2035-01-01T00:00') });
    const period = fc.constantFrom('minute', 'hour', 'day', 'month' as const);
    fc.assert(
      fc.property(fc.constantFrom(...zones), period, moment, (zone, period, at) => {
        const { start, end } = calendar.windowAt(period, zone, at);
        expect(start).toBeLessThanOrEqual(at);
        expect(end).toBeGreaterThan(at);
        expect(calendar.windowAt(period, zone, start)).toEqual({ start, end });
        expect(calendar.windowAt(period, zone, end - 1)).toEqual({ start, end });
        expect(calendar.windowAt(period, zone, end).start).toBe(end);
        expect(calendar.windowAt(period, zone, start - 1).end).toBe(start);
        if (period !== 'day' && period !== 'month') return;
        const date = (moment: number): string =>
          new Date(moment).toLocaleDateString('sv', { timeZone: zone }).slice(0, period === 'day' ? 10 : 7);
        expect([date(start), date(end - 1)]).toEqual([date(at), date(at)]);
        expect(date(end)).not.toBe(date(at));
      }),
      { numRuns: 1000 },
    );
  });

  test('of a zone that nobody knows are refused', () => {
    expect(() => calendar.windowAt('day', 'Mars/Olympus', 0)).toThrow(RangeError);
  });
});
