// Numbers within bounds, digit by digit. Near a bound they have at most 15 significant digits, so that reading them as
// binary numbers rounds none of them over it. Not covered: exponents where there is a bound, and `multipleOf`.
import { type CharacterSet, literal, type Sequence } from '../gbnf/grammar.ts';
import type { GrammarBuilder } from '../gbnf/grammar-builder.ts';
import { type JsonText, longestInteger } from './json-text.ts';
import { refuseAt, type Schema } from './schema.ts';

type Bound = { readonly value: number; readonly exclusive: boolean };

/** Of what is not negative, in digits. */
type Edge = { readonly integer: string; readonly fraction: string; readonly exclusive: boolean };

const beyond = 10 ** longestInteger;
const widest = '9'.repeat(longestInteger);

type NumberRules = { readonly builder: GrammarBuilder; readonly text: JsonText };

/** Undefined where no number satisfies the schema. @throws TGL_CONSTRAINT_INVALID */
export function numberRule(
  { builder, text }: NumberRules,
  schema: Schema,
  isInteger: boolean,
  path: string,
): readonly Sequence[] | undefined {
  const whole = isInteger || isWhole(schema.multipleOf, path);
  const low = boundOf(schema, ['minimum', 'exclusiveMinimum'], 1, path);
  const high = boundOf(schema, ['maximum', 'exclusiveMaximum'], -1, path);
  const isOpen = (bound: Bound | undefined, sign: 1 | -1): boolean =>
    bound === undefined || bound.value * sign >= beyond;
  if (isOpen(low, -1) && isOpen(high, 1)) return [[whole ? text.integer() : text.number()]];
  const ranges = { builder, text, places: whole ? 0 : placesOf([low, high], path) };
  const found = whole ? integersWithin(ranges, low, high) : decimalsWithin(ranges, low, high);
  return found.length === 0 ? undefined : found;
}

function isWhole(multipleOf: unknown, path: string): boolean {
  if (multipleOf !== undefined && multipleOf !== 1)
    refuseAt(path, 'the keyword multipleOf is not supported here');
  return multipleOf === 1;
}

/** The tighter one of two. */
function boundOf(
  schema: Schema,
  keywords: readonly [inclusive: string, exclusive: string],
  sign: 1 | -1,
  path: string,
): Bound | undefined {
  const bounds = keywords.flatMap((keyword, index): readonly Bound[] => {
    const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (value === undefined) return [];
    if (typeof value !== 'number' || !Number.isFinite(value)) refuseAt(path, `${keyword} is not a number`);
    return [{ value: value as number, exclusive: index === 1 }];
  });
  const [one, other] = bounds;
  if (one === undefined || other === undefined) return one ?? other;
  if (one.value === other.value) return { value: one.value, exclusive: true };
  return one.value * sign > other.value * sign ? one : other;
}

type Ranges = NumberRules & {
  /** Most digits behind the point. */
  readonly places: number;
};

function integersWithin(
  ranges: Ranges,
  low: Bound | undefined,
  high: Bound | undefined,
): readonly Sequence[] {
  const least = low === undefined ? -beyond : Math.floor(low.value) + (isPassed(low, Math.floor) ? 1 : 0);
  const most = high === undefined ? beyond : Math.ceil(high.value) - (isPassed(high, Math.ceil) ? 1 : 0);
  const from = Math.max(least, 1 - beyond);
  const to = Math.min(most, beyond - 1);
  if (from > to) return [];
  const negative = from < 0 ? integersBetween(ranges, String(-Math.min(to, -1)), String(-from)) : [];
  const positive = to >= 0 ? integersBetween(ranges, String(Math.max(from, 0)), String(to)) : [];
  return [...negative.map((digits) => [...literal('-'), ...digits]), ...positive];
}

/** The integer beside a bound is outside of it. */
function isPassed({ value, exclusive }: Bound, round: (value: number) => number): boolean {
  return exclusive || round(value) !== value;
}

/** Of one or more digits without leading zeros; `low` is not above `high`. */
function integersBetween(ranges: Ranges, low: string, high: string): readonly Sequence[] {
  if (low.length === high.length) return sameLength(ranges, low, high);
  const longer = low.length + 1;
  const between =
    longer < high.length ? [[range('1', '9'), ...ranges.text.digits(longer - 1, high.length - 2)]] : [];
  return [
    ...sameLength(ranges, low, '9'.repeat(low.length)),
    ...between,
    ...sameLength(ranges, `1${'0'.repeat(high.length - 1)}`, high),
  ];
}

function sameLength(ranges: Ranges, low: string, high: string): readonly Sequence[] {
  if (low === '') return [[]];
  if (/^0*$/.test(low) && /^9*$/.test(high)) return [ranges.text.digits(low.length, low.length)];
  return split(ranges, low, high, sameLength, (length) => ranges.text.digits(length, length));
}

/** By the first digit: that of the lower edge, those between, that of the upper edge. */
function split(
  ranges: Ranges,
  low: string,
  high: string,
  within: (ranges: Ranges, low: string, high: string) => readonly Sequence[],
  free: (length: number) => Sequence,
): readonly Sequence[] {
  const [first, last] = [low.charAt(0), high.charAt(0)];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const behind = (digit: string, from: string, to: string): Sequence => [
    range(digit, digit),
    ranges.builder.add(within(ranges, from, to)),
  ];
  if (first === last) return [behind(first, lowRest, highRest)];
  const [next, previous] = [String(Number(first) + 1), String(Number(last) - 1)];
  return [
    behind(first, lowRest, '9'.repeat(lowRest.length)),
    ...(next <= previous ? [[range(next, previous), ...free(lowRest.length)]] : []),
    behind(last, '0'.repeat(highRest.length), highRest),
  ];
}

function decimalsWithin(
  ranges: Ranges,
  low: Bound | undefined,
  high: Bound | undefined,
): readonly Sequence[] {
  const from = low ?? { value: Number.NEGATIVE_INFINITY, exclusive: false };
  const to = high ?? { value: Number.POSITIVE_INFINITY, exclusive: false };
  if (from.value > to.value || (from.value === to.value && (from.exclusive || to.exclusive))) return [];
  const zero = { value: 0, exclusive: false };
  const nearer = (bound: Bound): Bound =>
    bound.value > 0 || (bound.value === 0 && bound.exclusive) ? bound : zero;
  const opposite = ({ value, exclusive }: Bound): Bound => ({ value: 0 - value, exclusive });
  const negative = from.value < 0 ? magnitudes(ranges, nearer(opposite(to)), opposite(from)) : [];
  const positive = to.value >= 0 ? magnitudes(ranges, nearer(from), to) : [];
  return [...negative.map((digits) => [...literal('-'), ...digits]), ...positive];
}

function magnitudes(ranges: Ranges, from: Bound, to: Bound): readonly Sequence[] {
  const low = edgeOf(from);
  const high = edgeOf(to);
  if (low.integer === high.integer) return withFraction(ranges, low.integer, low, high);
  const above = String(Number(low.integer) + 1);
  const below = String(Number(high.integer) - 1);
  const between = Number(above) <= Number(below) ? integersBetween(ranges, above, below) : [];
  const anyFraction = ranges.builder.add(
    fractions(ranges, '0'.repeat(ranges.places), '9'.repeat(ranges.places)),
  );
  return [
    ...withFraction(ranges, low.integer, low, undefined),
    ...between.map((digits) => [...digits, anyFraction]),
    ...withFraction(ranges, high.integer, undefined, high),
  ];
}

/** An integer and what may follow it. */
function withFraction(
  ranges: Ranges,
  integer: string,
  low: Edge | undefined,
  high: Edge | undefined,
): readonly Sequence[] {
  const { places } = ranges;
  const most = 10n ** BigInt(places) - 1n;
  const scaled = ({ fraction }: Edge): bigint => BigInt(fraction.padEnd(places, '0') || '0');
  const from = low === undefined ? 0n : scaled(low) + (low.exclusive ? 1n : 0n);
  const to = high === undefined ? most : scaled(high) - (high.exclusive ? 1n : 0n);
  if (from > to) return [];
  const padded = (value: bigint): string => (places === 0 ? '' : String(value).padStart(places, '0'));
  return fractions(ranges, padded(from), padded(to)).map((fraction) => [...literal(integer), ...fraction]);
}

/** With its point, or nothing where the value is 0. */
function fractions(ranges: Ranges, low: string, high: string): readonly Sequence[] {
  const isZero = /^0*$/.test(low);
  const digits = low === '' ? [] : someDigits(ranges, low, high);
  return [...(isZero ? [[]] : []), ...digits.map((some) => [...literal('.'), ...some])];
}

/** One or more digits that, filled up with zeros, lie between two others. */
function someDigits(ranges: Ranges, low: string, high: string): readonly Sequence[] {
  return split(ranges, low, high, digitsOrEnd, (length) => ranges.text.digits(0, length));
}

function digitsOrEnd(ranges: Ranges, low: string, high: string): readonly Sequence[] {
  if (low === '') return [[]];
  const isZero = /^0*$/.test(low);
  if (isZero && /^9*$/.test(high)) return [ranges.text.digits(0, low.length)];
  return [...(isZero ? [[]] : []), ...someDigits(ranges, low, high)];
}

function edgeOf({ value, exclusive }: Bound): Edge {
  if (value >= beyond) return { integer: widest, fraction: '', exclusive: false };
  const [integer = '0', fraction = ''] = String(value).split('.');
  return { integer, fraction, exclusive };
}

/** @throws TGL_CONSTRAINT_INVALID for bounds of more digits than can be kept apart */
function placesOf(bounds: readonly (Bound | undefined)[], path: string): number {
  const near = bounds.filter(
    (bound) => bound !== undefined && Math.abs(bound.value) < beyond,
  ) as readonly Bound[];
  const texts = near.map(({ value }) => String(Math.abs(value)));
  const long = texts.find(
    (digits) => digits.includes('e') || digits.replace('.', '').length > longestInteger,
  );
  if (long !== undefined) refuseAt(path, `a bound of more digits than ${longestInteger}, ${long},`);
  const [integers, fractionLengths] = [
    texts.map((digits) => digits.split('.')[0]?.length ?? 0),
    texts.map((digits) => digits.split('.')[1]?.length ?? 0),
  ];
  const places = longestInteger - Math.max(...integers);
  if (places < Math.max(...fractionLengths))
    refuseAt(path, `bounds that together have more than ${longestInteger} digits`);
  return places;
}

function range(first: string, last: string): CharacterSet {
  return [[first.charCodeAt(0), last.charCodeAt(0)]];
}
