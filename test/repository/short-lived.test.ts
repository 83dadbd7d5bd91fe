// What V8 allocates among the old objects at once, so that it keeps whatever it closes over until the next collection of all
// memory. Made once a request, it keeps whole requests, and doubles what each of them costs. A function literal that is
// assigned to a member is taken for a method; named first, passed, or written into a literal it is like any other object. A
// generator function that is made within another gets a prototype of its own when it is called.
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

/** What generator functions within others are made for. */
const madeFor = {
  engine: 'once an engine',
  server: 'once a generation of a llama-server, which takes a thousand times as long',
  store: 'once a connection',
  command: 'beside no request',
} as const;

/** Files with such functions. */
const reasons: Readonly<Record<string, string>> = {
  'src/assess/run/ask-served.ts': madeFor.command,
  'src/catalog/bundle/import-bundle.ts': madeFor.command,
  'src/engine/llama-server/continuations.ts': madeFor.server,
  'src/engine/llama-server/llama-server-engine.ts': madeFor.engine,
  'src/engine/llama-server/server-connection.ts': madeFor.engine,
  'src/engine/llama/llama-engine.ts': madeFor.engine,
  'src/engine/pooled-engine.ts': madeFor.engine,
  'src/engine/scripted/scripted-engine.ts': madeFor.engine,
  'src/store/connection/sqlite.ts': madeFor.store,
};

type Node = Readonly<Record<string, unknown>> & { readonly type: string; readonly start: number };
type Found = { readonly kind: 'assigned' | 'generator'; readonly line: number };

const functions = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

function found(path: string, text: string): readonly Found[] {
  const all: Found[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, depth);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as Node;
    const [left, right] = [node.left, node.right] as readonly (Node | undefined)[];
    const line = text.slice(0, node.start).split('\n').length;
    const isMember = node.type === 'AssignmentExpression' && left?.type === 'MemberExpression';
    if (isMember && functions.test(right?.type ?? '')) all.push({ kind: 'assigned', line });
    const isFunction = functions.test(node.type) && node.body !== null;
    if (isFunction && node.generator === true && depth > 0) all.push({ kind: 'generator', line });
    for (const child of Object.values(node)) visit(child, depth + (isFunction ? 1 : 0));
  };
  visit(parseSync(path, text).program, 0);
  return all;
}

const sources = filesBelow('src', ['.ts'])
  .filter(({ path, text }) => !path.endsWith('.test.ts') && /=>|function/.test(text))
  .map(({ path, text }) => ({ path, places: found(path, text) }));

test('no function literal is assigned to a member', () => {
  const assigned = sources.flatMap(({ path, places }) =>
    places.filter(({ kind }) => kind === 'assigned').map(({ line }) => `${path}:${line}`),
  );
  expect(assigned).toEqual([]);
});

test('a generator function within another is made for what lives long', () => {
  const generators = sources.filter(({ places }) => places.some(({ kind }) => kind === 'generator'));
  expect(generators.map(({ path }) => path).toSorted()).toEqual(Object.keys(reasons).toSorted());
});

test.each([
  ['a.b = () => 1;', 'assigned'],
  ['a.#b = function () {};', 'assigned'],
  ['a[b] ??= async () => {};', 'assigned'],
  ['const f = () => { function* g() {} };', 'generator'],
  ['const f = () => ({ g: async function* () {} });', 'generator'],
])('%s is found', (line, kind) => {
  expect(found('a.ts', `class A { #b; static {\n${line}\n} }`)).toEqual([{ kind, line: 2 }]);
});

test.each(['const b = () => 1; a.b = b;', 'a.b(() => 1);', 'a = { b: () => 1 };', 'function* g() {}'])(
  '%s is not',
  (text) => {
    expect(found('a.ts', text)).toEqual([]);
  },
);
