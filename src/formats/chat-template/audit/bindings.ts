// What the names of a template can be: goes over everything that is set until nothing rises any more, together with the
// parts that marks in people's texts decide on, since what is set there is decided by them too.
import type { DecisionPoint } from './decision-points.ts';
import { ruleOn } from './decisions.ts';
import {
  type Cut,
  comparisons,
  cutOf,
  type Flow,
  flowOf,
  highestCut,
  highestFlow,
  type Names,
  searching,
} from './flows.ts';
import { tagsIn } from './marks.ts';
import {
  argumentsOf,
  everyNode,
  isNode,
  memberName,
  type Node,
  nameOf,
  nodesOf,
  operatorOf,
} from './nodes.ts';
import { scopesOf } from './scopes.ts';

export type Bindings = {
  readonly names: Names;
  readonly macros: ReadonlyMap<string, Node>;
  /** What each name is ever set to; what loops take from is not among it. */
  readonly values: ReadonlyMap<string, readonly Node[]>;
  /** Decisions that are made on marks. */
  readonly marked: readonly DecisionPoint[];
  /** Statements on which marks decide, and that set what others set as well: a choice between settings. */
  readonly settings: ReadonlySet<Node>;
};

/** @param step is called for every part that is looked at; what it throws ends the search */
export function bindingsOf(
  program: Node,
  points: readonly DecisionPoint[],
  step: (node: Node) => void,
): Bindings {
  const nodes = everyNode(program);
  const scopes = scopesOf(program);
  const targets = (target: unknown): readonly string[] => {
    if (!isNode(target)) return [];
    if (target.type === 'TupleLiteral') return (target.value as readonly Node[]).flatMap(targets);
    if (target.type === 'MemberExpression') return [scopes.fieldOf(target)];
    return target.type === 'Identifier' ? [scopes.nameOf(target)] : [];
  };
  const macros = new Map(
    nodes.filter(({ type }) => type === 'Macro').map((node) => [nameOf(node.name) ?? '', node]),
  );
  const assignments = nodes.flatMap((node) => assignmentsIn(node, targets, scopes.parameters));
  const values = Map.groupBy(assignments, ({ name }) => name);
  const flow = new Map<string, Flow>([['messages', 'message']]);
  const cut = new Map<string, Cut>();
  const constants = new Map(
    [...values].flatMap(([name, set]): readonly [string, readonly string[]][] =>
      set.every(({ node, value }) => node.type === 'Set' && value.type === 'StringLiteral')
        ? [[name, set.map(({ value }) => String(value.value))]]
        : [],
    ),
  );
  const names: Names = { flow, cut, constants, scopes, written: writtenTags(program), step };
  const rise = (name: string, to: Flow, by: Cut): boolean => {
    const before = [flow.get(name) ?? 'plain', cut.get(name) ?? 'whole'];
    const after = [
      highestFlow([flow.get(name) ?? 'plain', to]),
      highestCut([cut.get(name) ?? 'whole', by]),
    ] as const;
    if (after[0] !== 'plain') flow.set(name, after[0]);
    if (after[1] !== 'whole') cut.set(name, after[1]);
    return after[0] !== before[0] || after[1] !== before[1];
  };
  const valuesOf = new Map([...values].map(([name, set]) => [name, set.map(({ value }) => value)]));
  let marked: readonly DecisionPoint[] = [];
  let settings: ReadonlySet<Node> = new Set();
  for (let changed = true; changed; ) {
    const risen = assignments.map(({ name, value }) => rise(name, flowOf(value, names), cutOf(value, names)));
    marked = points.filter((point) => ruleOn(point, names) === 'marked');
    const within = nodesWithin(
      marked.flatMap(({ depends }) => depends),
      macros,
    );
    settings = settingsIn(assignments, within);
    const decided = assignments.map(({ node, name }) => {
      if (!within.has(node) || node.type !== 'Set' || settings.has(node)) return false;
      const movesTexts = valuesOf.get(name)?.every((value) => flowOf(value, names) === 'content') === true;
      return movesTexts ? false : rise(name, 'decided', 'marked');
    });
    changed = [...risen, ...decided].includes(true);
  }
  return { names, macros, values: valuesOf, marked, settings };
}

type Assignment = { readonly node: Node; readonly name: string; readonly value: Node };

function assignmentsIn(
  node: Node,
  targets: (target: unknown) => readonly string[],
  parameters: ReturnType<typeof scopesOf>['parameters'],
): readonly Assignment[] {
  const set = (names: readonly string[], given: readonly Node[]): readonly Assignment[] =>
    names.flatMap((name) => given.map((value) => ({ node, name, value })));
  if (node.type === 'Set') {
    const [value] = nodesOf(node, 'value');
    const fields = nameOf(value) === 'namespace' ? argumentsOf(value) : [];
    const holders = [...targets(node.assignee), ''];
    return [
      ...set(targets(node.assignee), nodesOf(node, 'value', 'body')),
      ...fields.flatMap((field) =>
        set(
          holders.map((holder) => `${holder}.${nameOf(field.key)}`),
          nodesOf(field, 'value'),
        ),
      ),
    ];
  }
  if (node.type === 'For') return set(targets(node.loopvar), nodesOf(node, 'iterable'));
  if (node.type === 'Macro')
    return (parameters.get(nameOf(node.name) ?? '') ?? []).flatMap(({ name }, at) =>
      set([name], nodesOf(nodesOf(node, 'args')[at] as Node, 'value').filter(isNode)),
    );
  if (node.type !== 'CallExpression') return [];
  const callee = node.callee as Node;
  const given = argumentsOf(node);
  if (callee.type === 'MemberExpression')
    return memberName(callee) === 'append' ? set(targets(callee.object), given) : [];
  const taken = parameters.get(nameOf(callee) ?? '') ?? [];
  return given.flatMap((argument, index) => {
    const word = nameOf(argument.key);
    const to = taken.filter((parameter, at) =>
      word === undefined ? at % taken.length === index : parameter.word === word,
    );
    return set(
      to.map(({ name }) => name),
      word === undefined ? [argument] : nodesOf(argument, 'value'),
    );
  });
}

/** Everything below, and in the macros that are called there. */
function nodesWithin(from: readonly Node[], macros: ReadonlyMap<string, Node>): ReadonlySet<Node> {
  const within = new Set<Node>();
  const visit = (node: Node): void => {
    if (within.has(node)) return;
    for (const each of everyNode(node)) {
      within.add(each);
      const macro = each.type === 'CallExpression' ? macros.get(nameOf(each.callee) ?? '') : undefined;
      if (macro !== undefined) visit(macro);
    }
  };
  for (const node of from) visit(node);
  return within;
}

function settingsIn(assignments: readonly Assignment[], within: ReadonlySet<Node>): ReadonlySet<Node> {
  const key = ({ name, value }: Assignment): string => JSON.stringify([name, value.value]);
  const texts = assignments.filter(
    ({ node, value }) => node.type === 'Set' && value.type === 'StringLiteral',
  );
  const free = new Set(texts.filter(({ node }) => !within.has(node)).map(key));
  return new Set(texts.filter((one) => within.has(one.node) && free.has(key(one))).map(({ node }) => node));
}

/** Tags that the template writes: not those that it only looks for, nor those that depend on looking for them. */
function writtenTags(program: Node): ReadonlySet<string> {
  const written = new Set<string>();
  const tagsBelow = (nodes: readonly Node[]): readonly string[] =>
    nodes
      .flatMap(everyNode)
      .filter(({ type }) => type === 'StringLiteral')
      .flatMap(({ value }) => tagsIn(String(value)));
  const visit = (node: Node, sought: ReadonlySet<string>): void => {
    if (node.type === 'StringLiteral')
      for (const tag of tagsIn(String(node.value))) if (!sought.has(tag)) written.add(tag);
    if (node.type === 'BinaryExpression' && comparisons.has(operatorOf(node))) return;
    const asked = nodesOf(node, 'test', 'condition');
    const decides = node.type === 'If' || node.type === 'Ternary' || node.type === 'SelectExpression';
    const within = decides ? new Set([...sought, ...tagsBelow(asked)]) : sought;
    const callee = node.type === 'CallExpression' ? (node.callee as Node) : undefined;
    const isSearch = callee?.type === 'MemberExpression' && searching.has(memberName(callee) ?? '');
    for (const child of isSearch
      ? [callee]
      : nodesOf(node, ...Object.keys(node).filter((name) => name !== 'operator')))
      if (!decides || !asked.includes(child)) visit(child, within);
  };
  visit(program, new Set());
  return written;
}
