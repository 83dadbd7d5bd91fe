// A table typed by string answers to words like `constructor` with what its prototype holds, and the compiler does not
// see it. So no such table is asked with brackets or `in`, but through `lookUp` of base or `Object.hasOwn`.
import { expect, test } from 'vitest';
import { filesBelow, type SourceFile } from './source-files.ts';

const declaration = /\b(\w+)\??: (?:(?:Readonly<)?Record<string,|\{ (?:readonly )?\[\w+: string\])/g;

/** What no stranger's word reaches. */
const exempt: ReadonlySet<string> = new Set([
  // `lookUp` itself.
  'src/base/look-up.ts: table',
  // The paths of our own routes.
  'src/wire/openapi.ts: paths',
  // Variables of the environment, by names in the program; what is read has to be a text.
  'src/host/environment.ts: variables',
  // The names are the keys of the same object.
  'src/teach/submit/zip.ts: files',
]);

/** `path: table` for each table that is asked by a word that may not be its own. Writing to one is no question. */
function looseLookUps({ path, text }: SourceFile): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const tables = new Set([...code.matchAll(declaration)].map((match) => match[1] as string));
  return [...tables]
    .filter((table) => {
      const asked = new RegExp(
        `\\b${table}(?:\\?\\.)?\\[(?!['"\`\\d\\]])[^\\]]*\\](?! = )|\\bin ${table}\\b`,
      );
      return asked.test(code);
    })
    .map((table) => `${path}: ${table}`)
    .filter((found) => !exempt.has(found));
}

test('no word of a stranger is looked up in what a prototype holds', () => {
  const sources = filesBelow('src', ['.ts']).filter(
    ({ path }) => !path.endsWith('.test.ts') && !path.startsWith('src/tensor/kernels/'),
  );
  expect(sources.flatMap(looseLookUps)).toEqual([]);
});

test.each([
  ['const table: Readonly<Record<string, number>> = {};\nconst found = table[word];', 1],
  ['const table: Record<string, number> = {};\nif (word in table) stop();', 1],
  ['function f(table: { readonly [name: string]: number }) { return table[word] ?? 0; }', 1],
  ['const table: Record<string, number> = {};\ntable[word] = 1;', 0],
  ['const table: Readonly<Record<string, number>> = {};\nconst found = lookUp(table, word);', 0],
  ["const table: Readonly<Record<string, number>> = {};\nconst found = table['name'];", 0],
])('the check itself judges %j', (text, count) => {
  expect(looseLookUps({ path: 'src/x.ts', text })).toHaveLength(count);
});
