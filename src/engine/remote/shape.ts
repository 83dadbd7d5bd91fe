// The shape of a JSON value, to be quoted where it cannot be read: names of members and kinds of values, never the
// values, since those may be somebody's text. Bounded in depth, width and length; what cannot be seen is spelled out.
import { oneLine, shortened } from '../../base/index.ts';

const deepest = 6;
const mostMembers = 12;
const longestName = 32;
const longestShape = 160;

/**
 * @example
 * import { shapeOf } from './src/engine/remote/shape.ts';
 * shapeOf({ name: 'add', arguments: [1, 2] }); // → '{name: string, arguments: [number, …]}'
 */
export function shapeOf(value: unknown): string {
  return shortened(sketch(value, deepest), longestShape);
}

function sketch(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return depth === 0 ? '[…]' : `[${sketch(value[0], depth - 1)}${value.length > 1 ? ', …' : ''}]`;
  }
  if (depth === 0) return '{…}';
  const names = Object.keys(value);
  const members = names
    .slice(0, mostMembers)
    .map((name) => `${nameOf(name)}: ${sketch((value as Record<string, unknown>)[name], depth - 1)}`);
  return `{${[...members, ...(names.length > mostMembers ? ['…'] : [])].join(', ')}}`;
}

function nameOf(name: string): string {
  return shortened(oneLine(name.slice(0, 2 * longestName)), longestName);
}
