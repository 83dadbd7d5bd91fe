// What of an answer is compared where answers vote: equal keys agree. What cannot be read has no key, and no vote.
import { canonicalJson, type Json } from '../../base/index.ts';

export type AnswerFrom =
  /** All of it, in one case and without white space. */
  | { readonly type: 'text' }
  /** The last number in it. */
  | { readonly type: 'number' }
  /** What the last `\boxed{…}` holds. */
  | { readonly type: 'boxed' }
  /** One value of an answer that is JSON, by a pointer of RFC 6901. */
  | { readonly type: 'pointer'; readonly pointer: string };

/**
 * The key of an answer; null where it cannot be read.
 *
 * @example
 * import { answerKey } from './src/reasoning/index.ts';
 * answerKey('So it is 1,316.0 in all.', { type: 'number' }); // → '1316'
 */
export function answerKey(answer: string, from: AnswerFrom): string | null {
  switch (from.type) {
    case 'text': {
      const text = answer.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
      return text === '' ? null : text;
    }
    case 'number':
      return lastNumber(answer);
    case 'boxed':
      return lastBoxed(answer);
    case 'pointer':
      return valueAt(answer, from.pointer);
  }
}

const numbers = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/g;

/** Without separators of thousands and zeros that say nothing, so that equal numbers are equal texts. */
function lastNumber(answer: string): string | null {
  const text = answer.replaceAll('\u2212', '-').match(numbers)?.at(-1)?.replaceAll(',', '');
  if (text === undefined) return null;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  const digits = fraction === '' ? whole : `${whole}.${fraction}`;
  return digits === '0' ? '0' : sign + digits;
}

function lastBoxed(answer: string): string | null {
  const opening = '\\boxed{';
  const start = answer.lastIndexOf(opening);
  if (start < 0) return null;
  let depth = 1;
  for (let at = start + opening.length; at < answer.length; at++) {
    if (answer[at] === '{') depth++;
    else if (answer[at] === '}' && --depth === 0)
      return answerKey(answer.slice(start + opening.length, at), { type: 'text' });
  }
  return null;
}

/** What is no JSON, or is nested too deeply to be compared, cannot be read. */
function valueAt(answer: string, pointer: string): string | null {
  try {
    let value = JSON.parse(answer) as Json;
    for (const step of pointer === '' ? [] : pointer.split('/').slice(1)) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return null;
      value = (value as Record<string, Json>)[name] as Json;
    }
    return canonicalJson(value);
  } catch {
    return null;
  }
}
