// Members of JSON that somebody else sent, read one at a time: each is taken as what it is documented to be, taken as
// absent, or refused with its shape.
import { shapeOf } from './shape.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Something stands where it means something, in a shape that nobody here knows. */
export class UnreadableShape extends Error {
  /** Where it stands and what it looks like; bounded and escaped. */
  readonly shape: string;

  constructor(place: string, value: unknown) {
    const shape = `${place}: ${shapeOf(value)}`;
    super(shape);
    this.shape = shape;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No members where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Servers write null for what they do not say. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** @throws UnreadableShape where it is there and no string */
export function textOf(value: unknown, place: string): string {
  if (isAbsent(value)) return '';
  if (typeof value === 'string') return value;
  throw new UnreadableShape(place, value);
}

/** A number of tokens; undefined for anything else, since nothing depends on it. */
export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** The first of some counts that is one. */
export function firstCount(...values: readonly unknown[]): number | undefined {
  return values.map(countOf).find((count) => count !== undefined);
}
