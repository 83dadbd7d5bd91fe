// Macros that call themselves, by a way of their own or through others. Such a macro ends where each call gets a part of what
// the one before got: a schema within a schema, an element of a list. Every other may go on for ever.
import { childrenOf, everyNode, memberName, type Node, nameOf, nodesOf, operatorOf } from './nodes.ts';

type Report = (problem: string, node: Node) => void;

/** Combinations of parameters that are tried as what gets smaller. */
const maxTried = 64;

export function checkRecursion(nodes: readonly Node[], report: Report): void {
  const macros = new Map(
    nodes.filter(({ type }) => type === 'Macro').map((node) => [nameOf(node.name) ?? '', node]),
  );
  const calls = new Map([...macros].map(([name, macro]) => [name, callsIn(macro, macros)]));
  for (const circle of circlesIn(calls)) {
    if (hasMeasure(circle, macros, calls)) continue;
    for (const name of circle)
      report(`the macro ${name} calls itself with no part of what it got`, macros.get(name) as Node);
  }
}

type Call = {
  readonly to: string;
  readonly given: readonly Node[];
  /** Conditions that hold and loops that run where it is called. */
  readonly under: readonly Node[];
};

function callsIn(macro: Node, macros: ReadonlyMap<string, Node>): readonly Call[] {
  return nodesUnder(macro).flatMap(({ node, under }) => {
    if (node.type !== 'CallExpression') return [];
    const [callee] = nodesOf(node, 'callee');
    const to = callee?.type === 'Identifier' ? (nameOf(callee) ?? '') : '';
    return macros.has(to) ? [{ to, given: nodesOf(node, 'args'), under }] : [];
  });
}

/** All nodes, each with the conditions in whose branches it stands and what the loops around it take from. */
function nodesUnder(root: Node): readonly { readonly node: Node; readonly under: readonly Node[] }[] {
  const found: { readonly node: Node; readonly under: readonly Node[] }[] = [];
  const visit = (node: Node, under: readonly Node[]): void => {
    found.push({ node, under });
    const asked = nodesOf(node, 'test', 'iterable', 'condition');
    const branches = new Set(nodesOf(node, 'body', 'trueExpr', 'lhs'));
    for (const child of childrenOf(node)) visit(child, branches.has(child) ? [...under, ...asked] : under);
  };
  visit(root, []);
  return found;
}

/** Sets of macros each of which reaches all others of its set and itself. */
function circlesIn(calls: ReadonlyMap<string, readonly Call[]>): readonly ReadonlySet<string>[] {
  const reached = new Map([...calls.keys()].map((name) => [name, reachedFrom(name, calls)]));
  const circles = new Map<string, ReadonlySet<string>>();
  for (const [name, from] of reached) {
    if (!from.has(name)) continue;
    const circle = new Set([...from].filter((other) => reached.get(other)?.has(name)));
    circles.set([...circle].sort().join(' '), circle);
  }
  return [...circles.values()];
}

function reachedFrom(name: string, calls: ReadonlyMap<string, readonly Call[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [name];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { to } of calls.get(at) ?? []) {
      if (!reached.has(to)) open.push(to);
      reached.add(to);
    }
  }
  return reached;
}

/** Whether each macro of the circle has a parameter that is a part of the caller's in every call within the circle. */
function hasMeasure(
  circle: ReadonlySet<string>,
  macros: ReadonlyMap<string, Node>,
  calls: ReadonlyMap<string, readonly Call[]>,
): boolean {
  const members = [...circle];
  const counts = members.map((name) => nodesOf(macros.get(name) as Node, 'args').length);
  const all = counts.reduce((product, count) => product * count, 1);
  if (all === 0 || all > maxTried) return false;
  const known = new Map<string, Parts>();
  const partsFor = (name: string, at: number): Parts => {
    const key = `${at} ${name}`;
    const macro = macros.get(name) as Node;
    const parts = known.get(key) ?? partsOf(macro, wordOf(nodesOf(macro, 'args')[at]));
    known.set(key, parts);
    return parts;
  };
  for (let tried = 0; tried < all; tried++) {
    let rest = tried;
    const measures = new Map<string, number>();
    members.forEach((name, at) => {
      measures.set(name, rest % (counts[at] as number));
      rest = Math.floor(rest / (counts[at] as number));
    });
    const decreases = members.every((name) => {
      const parts = partsFor(name, measures.get(name) as number);
      return (calls.get(name) ?? []).every(({ to, given, under }) => {
        const measure = measures.get(to);
        if (measure === undefined) return true;
        if (!under.some((asked) => everyNode(asked).some((node) => isWithin(node, parts)))) return false;
        const parameter = wordOf(nodesOf(macros.get(to) as Node, 'args')[measure]);
        const argument = argumentFor(parameter, measure, given);
        if (argument?.type === 'Identifier' && parts.nullable.has(String(argument.value)))
          if (!under.some((asked) => isNotNone(asked, String(argument.value)))) return false;
        return isPart(argument, parts);
      });
    });
    if (decreases) return true;
  }
  return false;
}

function wordOf(parameter: Node | undefined): string {
  return nameOf(parameter?.type === 'KeywordArgumentExpression' ? parameter.key : parameter) ?? '';
}

function argumentFor(word: string, at: number, given: readonly Node[]): Node | undefined {
  const named = given.find(({ type, key }) => type === 'KeywordArgumentExpression' && nameOf(key) === word);
  if (named !== undefined) return nodesOf(named, 'value')[0];
  return given[at]?.type === 'KeywordArgumentExpression' ? undefined : given[at];
}

type Parts = {
  /** Names that are the parameter or a part of it, whatever is set to them. */
  readonly within: ReadonlySet<string>;
  /** Those that can be nothing but a part, or nothing at all. */
  readonly below: ReadonlySet<string>;
  readonly nullable: ReadonlySet<string>;
};

/** Names that the macro binds to parts of one parameter, and to nothing else. */
function partsOf(macro: Node, parameter: string): Parts {
  const bound = new Map<string, { readonly value: Node; readonly isElement: boolean }[]>();
  const nullable = new Set<string>();
  for (const { node, under } of nodesUnder(macro)) {
    if (node.type !== 'Set' && node.type !== 'For') continue;
    const [value] = nodesOf(node, node.type === 'Set' ? 'value' : 'iterable');
    const [target] = nodesOf(node, node.type === 'Set' ? 'assignee' : 'loopvar');
    if (value === undefined || target === undefined) continue;
    // Keys and values of a mapping are both smaller than what holds them.
    for (const each of target.type === 'TupleLiteral' ? nodesOf(target, 'value') : [target]) {
      const name = nameOf(each) ?? '';
      if (isNone(value)) nullable.add(name);
      else if (!endsThere(value, parameter, under))
        bound.set(name, [...(bound.get(name) ?? []), { value, isElement: node.type === 'For' }]);
    }
  }
  const within = new Set([parameter]);
  const below = new Set<string>();
  const parts = { within, below, nullable };
  if (bound.has(parameter)) return { ...parts, within: new Set() };
  for (let known = -1; known !== within.size + below.size; ) {
    known = within.size + below.size;
    for (const [name, values] of bound) {
      if (values.every(({ value }) => isWithin(value, parts))) within.add(name);
      if (values.every(({ value, isElement }) => (isElement ? isWithin(value, parts) : isPart(value, parts))))
        below.add(name);
    }
  }
  return parts;
}

function isNone(node: Node): boolean {
  return node.type === 'Identifier' && ['none', 'None'].includes(String(node.value));
}

function isNotNone(asked: Node, name: string): boolean {
  return everyNode(asked).some(
    (node) =>
      node.type === 'TestExpression' &&
      node.negate === true &&
      nameOf(node.test) === 'none' &&
      nameOf(node.operand) === name,
  );
}

/** Whether a mapping that is spelled out lacks the member for which it is given in the parameter's place. */
function endsThere(value: Node, parameter: string, under: readonly Node[]): boolean {
  if (
    value.type !== 'ObjectLiteral' ||
    !nodesOf(value, 'value').every(({ type }) => type === 'StringLiteral')
  )
    return false;
  const keys = new Set([...(value.value as ReadonlyMap<Node, Node>).keys()].map((key) => String(key.value)));
  return under.some((asked) => {
    if (asked.type !== 'BinaryExpression' || operatorOf(asked) !== '==') return false;
    const member = asked.left as Node;
    const name = member.type === 'MemberExpression' ? memberName(member) : undefined;
    return name !== undefined && nameOf(member.object) === parameter && !keys.has(name);
  });
}

const unwrapping: ReadonlySet<string | undefined> = new Set([
  ...[
    'items',
    'dictsort',
    'list',
    'first',
    'last',
    'default',
    'd',
    'sort',
    'reverse',
    'upper',
    'lower',
    'map',
  ],
]);

/** The parameter or a part of it. */
function isWithin(node: Node, parts: Parts): boolean {
  switch (node.type) {
    case 'Identifier':
      return parts.within.has(String(node.value)) || parts.below.has(String(node.value));
    case 'MemberExpression':
      return isWithin(node.object as Node, parts);
    case 'SelectExpression':
      return isWithin(node.lhs as Node, parts);
    case 'FilterExpression':
      return unwrapping.has(nameOf(node.filter)) && isWithin(node.operand as Node, parts);
    case 'CallExpression': {
      const [callee] = nodesOf(node, 'callee');
      const method = callee?.type === 'MemberExpression' ? (memberName(callee) ?? '') : '';
      return ['get', 'items', 'values', 'keys'].includes(method) && isWithin(callee?.object as Node, parts);
    }
    default:
      return false;
  }
}

/** A part of the parameter, which may stand in a mapping of its own, and never the parameter itself. */
function isPart(node: Node | undefined, parts: Parts): boolean {
  switch (node?.type) {
    case 'Identifier':
      return parts.below.has(String(node.value));
    case 'ObjectLiteral': {
      const values = [...(node.value as ReadonlyMap<Node, Node>).values()];
      return values.length === 1 && values.every((value) => isPart(value, parts));
    }
    case 'MemberExpression':
      return isWithin(node.object as Node, parts);
    case 'FilterExpression': {
      const operand = node.operand as Node;
      const takesPart =
        ['items', 'first', 'last'].includes(nameOf(node.filter) ?? '') && isWithin(operand, parts);
      return takesPart || (unwrapping.has(nameOf(node.filter)) && isPart(operand, parts));
    }
    case 'CallExpression': {
      const [callee] = nodesOf(node, 'callee');
      if (callee?.type !== 'MemberExpression') return false;
      const object = callee.object as Node;
      return memberName(callee) === 'get' ? isWithin(object, parts) : isPart(object, parts);
    }
    default:
      return false;
  }
}
