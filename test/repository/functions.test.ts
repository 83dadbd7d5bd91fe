// Lengths of functions: one that grows past its budget holds a concept that wants a name of its own. A closure over the state
// of one thing with a lifetime counts as a function as long as all its parts together.
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const maxLines = 70;

/** What a longer one may be. */
const because = {
  table: 'a table of files, one entry for each',
  state: 'one state and the short operations on it, which change it together',
  machine: 'a state machine over text; each case is a few lines, and their order is what it says',
  lifetime: 'the lifetime of one process or connection: its parts share what it has open',
  replaced: 'to be divided with the engine over the interface of llama.cpp itself, which takes its place',
  double: 'a double of a whole interface, one short method for each of its members',
} as const;

/** Longer ones, by file and name, with the reason why they stay in one piece. */
const reasons: Readonly<Record<string, string>> = {
  'src/assess/probes/file/generated-files.ts hostileFiles': because.table,
  'src/base/testing.ts recordingDisk': because.double,
  'src/engine/constraint/checker/constraint-checker.ts createConstraintChecker': because.lifetime,
  'src/engine/constraint/gbnf/grammar-walk.ts createGrammarWalk': because.state,
  'src/engine/constraint/json-schema/schema-rules.ts createSchemaRules': because.state,
  'src/engine/constraint/pattern/expression.ts createExpressions': because.state,
  'src/engine/engine-pool.ts createEnginePool': because.state,
  'src/engine/llama-server/continuations.ts createContinuations': because.machine,
  'src/engine/llama-server/llama-server-engine.ts createLlamaServerEngine': because.lifetime,
  'src/engine/llama-server/server-connection.ts createServerConnection': because.lifetime,
  'src/engine/llama/child-process.ts startChild': because.lifetime,
  'src/engine/llama/generation.ts createGeneration': because.replaced,
  'src/engine/llama/llama-engine.ts createLlamaEngine': because.replaced,
  'src/engine/llama/malformed-models.ts malformedModels': because.table,
  'src/engine/llama/scheduler.ts createScheduler': because.replaced,
  'src/engine/pooled-engine.ts createPooledEngine': because.lifetime,
  'src/engine/remote/remote-engine.ts createRemoteEngine': because.lifetime,
  'src/engine/remote/replicas.ts createReplicas': because.state,
  'src/engine/remote/sse-parser.ts createSseParser': because.machine,
  'src/engine/scripted/scripted-engine.ts createScriptedEngine': because.lifetime,
  'src/gateway/access/concurrency-limiter.ts createConcurrencyLimiter': because.state,
  'src/gateway/dialects/openai-responses/response.ts encodeEvents': because.machine,
  'src/outbound/exchange.ts exchange': because.lifetime,
  'src/store/ledger/postgres-ledger.ts openPostgresLedger': because.lifetime,
  'src/reasoning/segment-parser.ts createSegmentParser': because.machine,
  'src/reasoning/tool-call-parser.ts readText': because.machine,
};

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

const functions = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** Names of the functions of a text that have more lines than they should, with the number. */
function longFunctions(
  path: string,
  text: string,
): readonly { readonly name: string; readonly lines: number }[] {
  const found: { readonly name: string; readonly lines: number }[] = [];
  const lineAt = (position: number): number => text.slice(0, position).split('\n').length;
  const nameOf = (node: Node): string | undefined => {
    const { name } = (node.id ?? node.key ?? {}) as { readonly name?: string };
    return name;
  };
  const visit = (value: unknown, outer: string): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, outer);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as Node;
    const name = nameOf(node) ?? outer;
    if (functions.test(node.type)) {
      const lines = lineAt(node.end) - lineAt(node.start) + 1;
      if (lines > maxLines) found.push({ name: `${path} ${name}`, lines });
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'parent') visit(child, name);
  };
  visit(parseSync(path, text).program, 'unnamed');
  return found;
}

test('no function is longer than its budget', () => {
  const long = filesBelow('src', ['.ts'])
    .filter(({ path }) => !path.endsWith('.test.ts') && !path.startsWith('src/tensor/kernels/'))
    .flatMap(({ path, text }) => longFunctions(path, text))
    .filter(({ name }) => !Object.hasOwn(reasons, name));
  expect(long).toEqual([]);
});

test('a reason that nobody needs any more goes', () => {
  const long = filesBelow('src', ['.ts']).flatMap(({ path, text }) =>
    Object.keys(reasons).some((name) => name.startsWith(`${path} `)) ? longFunctions(path, text) : [],
  );
  const names = new Set(long.map(({ name }) => name));
  expect(Object.keys(reasons).filter((name) => !names.has(name))).toEqual([]);
});

test('the count itself sees a long function, whatever it is written as', () => {
  const body = 'x;\n'.repeat(maxLines);
  for (const text of [
    `function a() {\n${body}}`,
    `const a = () => {\n${body}};`,
    `const o = { a: () => {\n${body}} };`,
  ]) {
    expect(longFunctions('a.ts', text)).toEqual([{ name: 'a.ts a', lines: maxLines + 2 }]);
  }
  expect(longFunctions('a.ts', `function a() {\n${'x;\n'.repeat(maxLines - 2)}}`)).toEqual([]);
});
