// The table of rooms.json: inside a folder that is divided into rooms, a room imports values only from the rooms that its
// row names, all of which stand above it. Files beside the rooms are the folder's own and may use every room. Types are
// not held to this: they are erased, and a room may speak of what a later one makes.
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import rooms from '../../rooms.json' with { type: 'json' };
import { filesBelow, type SourceFile, valueImportsOf } from './source-files.ts';

type Rooms = Readonly<Record<string, readonly string[]>>;

const sources = filesBelow('src', ['.ts']).filter(
  ({ path }) => !path.startsWith('src/tensor/kernels/') && !/(\.test|fixture|contract)\.ts$/.test(path),
);

function targetsOf(file: SourceFile): readonly string[] {
  return valueImportsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file.path), specifier)));
}

/** Undefined for a file beside the rooms, and for one of another folder. */
function roomIn(folder: string, path: string): string | undefined {
  const [, ofPath, room, file] = path.split('/');
  return ofPath === folder && file !== undefined ? room : undefined;
}

function violationsIn(folder: string, table: Rooms, file: SourceFile): readonly string[] {
  const room = roomIn(folder, file.path);
  if (room === undefined) return [];
  return targetsOf(file).flatMap((target) => {
    if (!target.startsWith(`src/${folder}/`)) return [];
    const other = roomIn(folder, target);
    if (other === room || (other !== undefined && table[room]?.includes(other))) return [];
    return [`${file.path} imports ${target}`];
  });
}

describe.each(Object.entries<Rooms>(rooms))('the rooms of %s', (folder, table) => {
  const order = Object.keys(table);

  test('are those of the table', () => {
    const found = new Set(
      sources.map(({ path }) => roomIn(folder, path)).filter((room) => room !== undefined),
    );
    expect([...found].sort()).toEqual([...order].sort());
  });

  test('name only rooms above themselves, so that no circle is possible', () => {
    const upward = order.flatMap((room, rank) =>
      (table[room] as readonly string[]).filter((other) => !order.slice(0, rank).includes(other)),
    );
    expect(upward).toEqual([]);
  });

  test('import values downward only', () => {
    expect(sources.flatMap((file) => violationsIn(folder, table, file))).toEqual([]);
  });
});

test('the check itself sees an upward import and one from a file beside the rooms, and passes over types', () => {
  const table = { terms: [], plan: ['terms'] };
  const importing = (specifier: string): SourceFile => ({
    path: 'src/assess/terms/x.ts',
    text: `import { y } from '${specifier}';`,
  });
  expect(violationsIn('assess', table, importing('../plan/y.ts'))).toHaveLength(1);
  expect(violationsIn('assess', table, importing('../assess.ts'))).toHaveLength(1);
  expect(violationsIn('assess', table, importing('./y.ts'))).toEqual([]);
  const ofType = { path: 'src/assess/terms/x.ts', text: "import type { Y } from '../plan/y.ts';" };
  expect(violationsIn('assess', table, ofType)).toEqual([]);
});

/** Each as the files that import one another, from one of them back to itself. */
function circlesIn(files: readonly SourceFile[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (finished.has(path) || trail.includes(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}

test('no file imports values from itself by way of others', () => {
  const pair = ['x', 'y'].map((name, index) => ({
    path: `src/base/${name}.ts`,
    text: `export { z } from './${['y', 'x'][index]}.ts';`,
  }));
  expect(circlesIn(pair)).toEqual(['src/base/x.ts → src/base/y.ts → src/base/x.ts']);
  expect(circlesIn(sources)).toEqual([]);
});
