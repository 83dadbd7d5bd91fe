// What a recipe or a policy may hold in any of its fields: hostile sizes cost time in proportion, and words that every object
// knows are taken for nothing else than words.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/assess/policy/policy.ts';
import { type Json, TiegelError } from '../../src/base/index.ts';
import { parseRecipe } from '../../src/teach/recipe.ts';
import { expectLinear, prototypeWords, shapes } from './linear-time.ts';

type Path = readonly (string | number)[];

const files = [
  ...['pico', 'nano', 'micro', 'distil', 'textbook', 'persist', 'persist-four'].map((name) => ({
    folder: 'teach/recipes',
    name,
    parse: parseRecipe,
  })),
  ...['general', 'tasks'].map((name) => ({ folder: 'assess/policy/policies', name, parse: parsePolicy })),
].map(({ folder, name, parse }) => {
  const source = new URL(`../../src/${folder}/${name}.json`, import.meta.url);
  return { name, parse, value: JSON.parse(readFileSync(source, 'utf8')) as Json };
});

/** The paths of all that is in a value, and of a name that is not; items of a list that are alike once. */
function pathsOf(value: Json): readonly Path[] {
  const found: Path[] = [[], ['unknown']];
  const seen = new Set<string>();
  const walk = (part: Json, path: Path): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, member] of Object.entries(part)) {
      const here = [...path, Array.isArray(part) ? Number(key) : key];
      const kind = JSON.stringify(here.map((step) => (typeof step === 'number' ? '*' : step)));
      if (!seen.has(kind)) found.push(here);
      seen.add(kind);
      walk(member, here);
    }
  };
  walk(value, []);
  return found;
}

function replaced(value: Json, path: Path, by: unknown): unknown {
  if (path.length === 0) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  let holder = copy;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
  Object.defineProperty(holder, path.at(-1) as string, {
    ...{ value: by, enumerable: true, configurable: true, writable: true },
  });
  return copy;
}

/** It may be taken or refused, by an error of ours. */
function attempt(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect([error, TiegelError.isInstance(error)]).toEqual([error, true]);
  }
}

describe.each(files)('the fields of $name', ({ name, parse, value }) => {
  const paths = pathsOf(value);

  test('grow in proportion', () => {
    const valuesOfSize = new Map(
      [3_000, 6_000, 12_000].map((size) => [size, Object.values(shapes).map((shape) => shape(size))]),
    );
    for (const path of paths) {
      const made = (size: number) => (valuesOfSize.get(size) ?? []).map((by) => replaced(value, path, by));
      expectLinear(3_000, made, (inputs) => {
        for (const input of inputs) attempt(() => parse(name, input));
      });
    }
  });

  test('take words of the prototype for words', () => {
    for (const path of paths) {
      for (const word of prototypeWords) {
        for (const by of [word, [word], { [`${word}`]: 1 }, JSON.parse(`{"${word}":1}`), [{ name: word }]])
          attempt(() => parse(name, replaced(value, path, by)));
      }
    }
  });
});
