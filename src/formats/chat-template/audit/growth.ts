// Whether what a template does and writes grows with what it is given and no faster: loops that count to numbers of any size,
// values that double themselves, macros that call each other twice and twice again, lists that grow while a loop is on them.
// Not covered: how long a conversation is, which whoever asks decides and whoever renders bounds.
import { comparisons } from './flows.ts';
import {
  argumentsOf,
  childrenOf,
  everyNode,
  isNode,
  memberName,
  type Node,
  nameOf,
  nodesOf,
  operatorOf,
  sourceOf,
} from './nodes.ts';

type Report = (problem: string, node: Node) => void;

/** `count`: elements of a range or repetitions; `work`: looks at parts for one conversation, as powers of two. */
const limits = { count: 10_000, work: 22, size: 22, links: 200 } as const;

/** @param step is called for every part that is looked at; what it throws ends the check */
export function checkGrowth(program: Node, report: Report, step: (node: Node) => void): void {
  const nodes = everyNode(program);
  const values = valuesByName(nodes);
  for (const node of nodes) checkCounts(node, values, report);
  checkWork(program, nodes, values, report, step);
  checkSizes(nodes, values, report, step);
  checkLists(nodes, values, report, step);
}

type Values = ReadonlyMap<string, readonly { readonly set: Node; readonly value: Node }[]>;

/** What is set, by how the name or field is written. */
function valuesByName(nodes: readonly Node[]): Values {
  const values = new Map<string, { readonly set: Node; readonly value: Node }[]>();
  const add = (name: string, set: Node, value: Node): unknown =>
    values.set(name, [...(values.get(name) ?? []), { set, value }]);
  for (const set of nodes.filter(({ type }) => type === 'Set')) {
    for (const value of nodesOf(set, 'value', 'body')) {
      const name = sourceOf(set.assignee);
      add(name, set, value);
      if (nameOf(value) !== 'namespace') continue;
      for (const field of argumentsOf(value))
        for (const initial of nodesOf(field, 'value')) add(`${name}.${nameOf(field.key)}`, set, initial);
    }
  }
  return values;
}

function checkCounts(node: Node, values: Values, report: Report): void {
  if (
    node.type === 'CallExpression' &&
    nodesOf(node, 'callee')[0]?.type === 'Identifier' &&
    nameOf(node) === 'range'
  ) {
    for (const argument of argumentsOf(node))
      if (!isCounted(argument, values)) report(`a range to ${sourceOf(argument)}`, node);
  }
  if (node.type === 'BinaryExpression' && operatorOf(node) === '*') {
    const repeated = nodesOf(node, 'left', 'right').find(
      (side) => !isCounted(side, values) && isNumeric(side),
    );
    if (repeated !== undefined) report(`a repetition by ${sourceOf(repeated)}`, node);
  }
  if (node.type === 'FilterExpression' && nameOf(node.filter) === 'indent')
    for (const argument of argumentsOf(node.filter).flatMap((one) =>
      one.type === 'KeywordArgumentExpression' ? nodesOf(one, 'value') : [one],
    ))
      if (argument.type === 'IntegerLiteral' && Number(argument.value) > limits.count)
        report(`an indentation by ${sourceOf(argument)}`, node);
}

function isNumeric(node: Node): boolean {
  if (node.type === 'IntegerLiteral') return true;
  return node.type === 'BinaryExpression' && nodesOf(node, 'left', 'right').every(isNumeric);
}

/** Whether a number is small, or one that what the template is given has: a length, a place, a setting. */
function isCounted(node: Node, values: Values, seen: Set<string> = new Set()): boolean {
  switch (node.type) {
    case 'IntegerLiteral':
      return Number(node.value) <= limits.count;
    case 'UnaryExpression':
      return isCounted(node.argument as Node, values, seen);
    case 'BinaryExpression': {
      const sides = nodesOf(node, 'left', 'right').map((side) => isCounted(side, values, seen));
      return ['+', '-', '//', '%'].includes(operatorOf(node)) && sides.every(Boolean);
    }
    case 'Ternary':
      return nodesOf(node, 'trueExpr', 'falseExpr').every((side) => isCounted(side, values, seen));
    case 'FilterExpression':
      return ['length', 'count'].includes(nameOf(node.filter) ?? '');
    case 'Identifier':
    case 'MemberExpression': {
      const name = sourceOf(node);
      if (seen.has(name)) return true;
      seen.add(name);
      return (values.get(name) ?? []).every(({ value }) => isCounted(value, values, seen));
    }
    default:
      return false;
  }
}

/** Work of the whole, as a power of two: loops over ranges as often as they go, loops over what is given once. */
function checkWork(
  program: Node,
  nodes: readonly Node[],
  values: Values,
  report: Report,
  step: (node: Node) => void,
): void {
  const macros = new Map(
    nodes.filter(({ type }) => type === 'Macro').map((node) => [nameOf(node.name) ?? '', node]),
  );
  const known = new Map<string, number>();
  const workOf = (node: Node, times: number): number => {
    step(node);
    const inside = node.type === 'For' ? times * rangeOf(node, values) : times;
    let work = times;
    if (node.type === 'CallExpression') {
      const name = nameOf(nodesOf(node, 'callee')[0]) ?? '';
      const macro = macros.get(name);
      if (macro !== undefined) {
        // A macro that comes back to itself is looked at by the check of recursion.
        if (!known.has(name)) {
          known.set(name, 0);
          known.set(
            name,
            nodesOf(macro, 'body').reduce((sum, part) => sum + workOf(part, 1), 0),
          );
        }
        work += times * (known.get(name) ?? 0);
      }
    }
    if (node.type === 'Macro') return 0;
    return childrenOf(node).reduce((sum, child) => sum + workOf(child, inside), work);
  };
  if (workOf(program, 1) <= 2 ** limits.work) return;
  // The innermost part that is too much by itself tells more than the whole.
  const blamed = nodes.findLast(
    (node) => ['For', 'CallExpression'].includes(node.type) && workOf(node, 1) > 2 ** limits.work,
  );
  report(`more than ${2 ** limits.work} steps for one conversation`, blamed ?? program);
}

function rangeOf(loop: Node, values: Values): number {
  const over = everyNode(nodesOf(loop, 'iterable')[0] ?? loop);
  const range = over.find(
    (node) => node.type === 'CallExpression' && nameOf(nodesOf(node, 'callee')[0]) === 'range',
  );
  if (range === undefined) return 1;
  const largest = (node: Node, depth: number): number => {
    if (node.type === 'IntegerLiteral') return Number(node.value);
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression')
      return node.type === 'FilterExpression'
        ? 1
        : Math.max(1, ...childrenOf(node).map((child) => largest(child, depth)));
    const set = depth > 8 ? [] : (values.get(sourceOf(node)) ?? []);
    return Math.max(1, ...set.map(({ value }) => largest(value, depth + 1)));
  };
  return argumentsOf(range).reduce((most, argument) => Math.max(most, largest(argument, 0)), 1);
}

/** Sizes of what names hold, as powers of two, where each takes what it is given once. */
function checkSizes(
  nodes: readonly Node[],
  values: Values,
  report: Report,
  step: (node: Node) => void,
): void {
  const open = new Set<string>();
  let tooLong: string | undefined;
  const known = new Map<string, number>();
  const sizeOfName = (name: string): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (open.has(name) || open.size > limits.links) return 0;
    open.add(name);
    if (open.size > limits.links) tooLong = name;
    const size = Math.max(0, ...(values.get(name) ?? []).map(({ value }) => sizeOf(value)));
    open.delete(name);
    known.set(name, size);
    return size;
  };
  const sizeOf = (node: Node): number => {
    step(node);
    if (isReference(node)) return sizeOfName(sourceOf(node));
    if (node.type === 'BinaryExpression' && operatorOf(node) === '*') {
      const [left = 0, right = 0] = nodesOf(node, 'left', 'right').map((side) =>
        side.type === 'IntegerLiteral' ? Math.log2(Math.max(1, Number(side.value))) : sizeOf(side),
      );
      return left + right;
    }
    const parts = heldParts(node).map((part) => 2 ** Math.min(sizeOf(part), 1000));
    return parts.length === 0 ? 0 : Math.max(0, Math.log2(parts.reduce((sum, part) => sum + part, 0)));
  };
  for (const [name, set] of values) {
    if (sizeOfName(name) > limits.size) {
      report(`a value that becomes ${2 ** limits.size} times as long: ${name}`, set[0]?.set as Node);
      return;
    }
  }
  if (tooLong !== undefined) {
    report(
      `a value that is set through more than ${limits.links} names: ${tooLong}`,
      values.get(tooLong)?.[0]?.set as Node,
    );
    return;
  }
  for (const node of nodes) {
    if (node.type !== 'Set') continue;
    const name = sourceOf(node.assignee);
    const again = nodesOf(node, 'value', 'body').some((value) => timesIn(value, name, values, step) > 1);
    if (again) report(`a value that doubles itself: ${name}`, node);
  }
}

function isReference(node: Node): boolean {
  return (
    node.type === 'Identifier' ||
    (node.type === 'MemberExpression' && memberName(node) !== undefined && isReference(node.object as Node))
  );
}

/** How often a value holds what a name held before, by itself or through other names. */
function timesIn(value: Node, name: string, values: Values, step: (node: Node) => void): number {
  const seen = new Set<string>();
  const count = (node: Node): number => {
    step(node);
    if (isReference(node)) {
      const reference = sourceOf(node);
      if (reference === name) return 1;
      if (seen.has(reference)) return 0;
      seen.add(reference);
      const times = Math.max(0, ...(values.get(reference) ?? []).map(({ value: inner }) => count(inner)));
      seen.delete(reference);
      return times;
    }
    if (node.type === 'Ternary')
      return Math.max(...nodesOf(node, 'trueExpr', 'falseExpr').map((part) => count(part)));
    if (node.type === 'BinaryExpression' && ['or', 'and'].includes(operatorOf(node)))
      return Math.max(...nodesOf(node, 'left', 'right').map((part) => count(part)));
    const held = heldParts(node).reduce((sum, part) => sum + count(part), 0);
    const grows = (node.type === 'BinaryExpression' && operatorOf(node) === '*') || replacesByMore(node);
    return grows ? held * 2 : held;
  };
  return count(value);
}

function replacesByMore(node: Node): boolean {
  const [callee] = nodesOf(node, 'callee');
  const isFilter = node.type === 'FilterExpression' && nameOf(node.filter) === 'replace';
  const isMethod = callee?.type === 'MemberExpression' && memberName(callee) === 'replace';
  if (!isFilter && !isMethod) return false;
  const [pattern, by] = argumentsOf(isFilter ? node.filter : node);
  const lengthOf = (part: Node | undefined, otherwise: number): number =>
    part?.type === 'StringLiteral' ? String(part.value).length : otherwise;
  return lengthOf(by, Infinity) > lengthOf(pattern, 0);
}

/** The parts that a value holds, not those that it only asks. */
function heldParts(node: Node): readonly Node[] {
  if (node.type === 'BinaryExpression' && comparisons.has(operatorOf(node))) return [];
  if (node.type === 'TestExpression') return [];
  if (node.type === 'FilterExpression') {
    if (['length', 'count', 'int', 'float', 'bool'].includes(nameOf(node.filter) ?? '')) return [];
    return [...nodesOf(node, 'operand'), ...argumentsOf(node.filter)];
  }
  if (node.type === 'MemberExpression') return nodesOf(node, 'object');
  if (node.type === 'If') return nodesOf(node, 'body', 'alternate');
  if (node.type === 'KeywordArgumentExpression') return nodesOf(node, 'value');
  if (node.type === 'CallExpression') {
    const [callee] = nodesOf(node, 'callee');
    const holder = callee?.type === 'MemberExpression' ? nodesOf(callee, 'object') : [];
    return [...holder, ...argumentsOf(node)];
  }
  return childrenOf(node);
}

/** A list that grows in a loop over itself, under whatever name, is one without end. */
function checkLists(
  nodes: readonly Node[],
  values: Values,
  report: Report,
  step: (node: Node) => void,
): void {
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (values.get(from) ?? []).some(({ value }) =>
      everyNode(value).some((node) => {
        step(node);
        return isReference(node) && reaches(sourceOf(node), to, seen);
      }),
    );
  };
  for (const loop of nodes.filter(({ type }) => type === 'For')) {
    const over = nodesOf(loop, 'iterable').flatMap(everyNode).filter(isReference).map(sourceOf);
    for (const node of nodesOf(loop, 'body').flatMap(everyNode)) {
      const [callee] = node.type === 'CallExpression' ? nodesOf(node, 'callee') : [];
      if (callee?.type !== 'MemberExpression' || memberName(callee) !== 'append' || !isNode(callee.object))
        continue;
      const list = sourceOf(callee.object);
      if (over.some((name) => reaches(name, list, new Set()) || reaches(list, name, new Set())))
        report(`a list that grows while a loop goes over it: ${list}`, node);
    }
  }
}
