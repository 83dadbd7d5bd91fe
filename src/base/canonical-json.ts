// Canonical JSON after RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints
// them. Differs in one point: `undefined` members, NaN, infinities and lone surrogates are refused, never dropped.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The one text of a JSON value, to be hashed or signed.
 *
 * @throws TypeError for anything JSON cannot carry.
 * @example
 * import { canonicalJson } from './src/base/index.ts';
 * canonicalJson({ b: 1, a: [true, null] }); // → '{"a":[true,null],"b":1}'
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('canonicalJson: the string holds a lone surrogate');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: ${value} is not a JSON number`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = value as { readonly [key: string]: Json };
    const parts = Object.keys(members)
      .sort()
      .map((key) => `${canonicalJson(key)}:${canonicalJson(members[key] as Json)}`);
    return `{${parts.join(',')}}`;
  }
  throw new TypeError(`canonicalJson: ${typeof value} is not a JSON value`);
}
