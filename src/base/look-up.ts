// Tables asked by a word that somebody else chose: a client, a file, a server, a command line.

/**
 * The table's own member of that name. An object answers to words like `constructor` and `__proto__` as well, with what
 * its prototype holds; this does not.
 *
 * @example
 * import { lookUp } from './src/base/index.ts';
 * lookUp({ a: 1 }, 'constructor'); // → undefined
 */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
