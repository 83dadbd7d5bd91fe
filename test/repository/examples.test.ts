// Runs every `@example` block of the sources: lines ending in `// → VALUE` must give that value.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { filesBelow, root } from './source-files.ts';

type Example = { readonly path: string; readonly code: string };

const examples: readonly Example[] = filesBelow('src', ['.ts']).flatMap((file) =>
  [...file.text.matchAll(/@example\n([\s\S]*?)\n\s*\*\//g)].map((match) => ({
    path: file.path,
    code: (match[1] as string).replaceAll(/^\s*\* ?/gm, ''),
  })),
);

const folder = join(root, 'node_modules', '.examples');
mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Turns `expression; // → value` into a collected pair. */
function instrument(code: string): string {
  const body = code
    .replaceAll("'./src/", `'${pathToFileURL(join(root, 'src')).href}/`)
    .replaceAll(
      /^(.*?);?\s*\/\/ → (.*)$/gm,
      (_, expression: string, value: string) => `results.push([await (${expression}), ${value}]);`,
    );
  return `const results = [];\n${body}\nexport { results };\n`;
}

describe('examples in docstrings', () => {
  test('there are some, and each states a result', () => {
    expect(examples.length).toBeGreaterThan(2);
    expect(examples.filter((example) => !example.code.includes('// → '))).toEqual([]);
  });

  test.each(examples.map((example, index) => [example.path, index, example] as const))(
    '%s #%i',
    async (_, index, example) => {
      const path = join(folder, `${index}.ts`);
      writeFileSync(path, instrument(example.code));
      const { results } = (await import(pathToFileURL(path).href)) as { results: [unknown, unknown][] };
      for (const [actual, expected] of results) expect(actual).toEqual(expected);
    },
  );
});
