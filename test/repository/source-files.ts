// Reads the repository as data for the tests that check it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root: string = join(import.meta.dirname, '..', '..');

export type SourceFile = { readonly path: string; readonly text: string };

/** All files below a folder with one of the endings, with paths relative to the repository root. */
export function filesBelow(folder: string, endings: readonly string[]): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The module specifiers a file imports or re-exports, static and dynamic. */
export function importsOf(file: SourceFile): readonly string[] {
  const code = file.text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] as string,
  );
}

/** As `importsOf`, without those that bring in or pass on types alone, and which are erased. */
export function valueImportsOf(file: SourceFile): readonly string[] {
  const typeOnly =
    /\b(?:import|export)\s+(?:type\s+\{[^}]*\}|type\s+\*\s+as\s+\w+|type\s+\w+|\{(?:\s*type\s+[^,}]+,?)+\s*\})\s*from\s*'[^']+';?/g;
  return importsOf({ ...file, text: file.text.replaceAll(typeOnly, '') });
}
