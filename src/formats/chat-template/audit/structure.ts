// Holds the syntax tree of a template against the lists of what templates may be made of. Not covered: what an allowed
// template says to the model in plain words, and how long it takes, which whoever renders it has to bound.
import {
  allowedFilters,
  allowedFunctions,
  allowedMembers,
  allowedMethods,
  allowedNodes,
  allowedTests,
  givenNames,
} from './allowed.ts';
import { problemInText } from './marks.ts';
import {
  argumentsOf,
  childrenOf,
  isNode,
  memberName,
  type Node,
  nameOf,
  operatorOf,
  sourceOf,
} from './nodes.ts';
import { checkRecursion } from './recursion.ts';

const limits = { nodes: 20_000, depth: 80, nestedLoops: 4 } as const;

/** Stands for whatever number a loop over a range counts. */
const someNumber: Node = { type: 'IntegerLiteral', value: 0 };

type Report = (problem: string, node: Node) => void;

/** Names that a template binds itself, with what it sets them to where that is one expression. */
type Bound = {
  readonly names: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
  /** By name; fields of namespaces begin with a dot. */
  readonly values: ReadonlyMap<string, readonly (Node | null)[]>;
  /** What loops go over, by the one name that takes its keys in turn. */
  readonly keysOf: ReadonlyMap<string, readonly Node[]>;
};

/** @returns whether it is small enough to be looked at any further */
export function checkStructure(program: Node, report: Report): boolean {
  const nodes = flatten(program, report);
  if (nodes === undefined) return false;
  const bound = boundIn(nodes);
  for (const name of allowedFunctions)
    if (bound.names.has(name)) report(`the name ${name} with a meaning of its own`, program);
  const defined = new Set<string>();
  for (const node of nodes) {
    checkNode(node, bound, report);
    if (node.type !== 'Macro') continue;
    const name = nameOf(node.name) ?? '';
    if (defined.has(name)) report(`the macro ${name} with two meanings`, node);
    defined.add(name);
  }
  checkCalls(nodes, bound, report);
  return true;
}

/** All nodes in the order of the source; undefined where there are too many or they are nested too deeply. */
function flatten(program: Node, report: Report): readonly Node[] | undefined {
  const nodes: Node[] = [];
  const visit = (node: Node, depth: number, loops: number): boolean => {
    nodes.push(node);
    const within = node.type === 'For' ? loops + 1 : loops;
    if (within > limits.nestedLoops) report(`more than ${limits.nestedLoops} loops in each other`, node);
    const deep = depth > limits.depth || nodes.length > limits.nodes || within > limits.nestedLoops;
    return !deep && childrenOf(node).every((child) => visit(child, depth + 1, within));
  };
  if (visit(program, 0, 0)) return nodes;
  if (nodes.length > limits.nodes) report(`it has more than ${limits.nodes} parts`, program);
  else report('its parts are nested too deeply', program);
  return undefined;
}

function boundIn(nodes: readonly Node[]): Bound {
  const macros = new Set<string>();
  const values = new Map<string, (Node | null)[]>();
  const keysOf = new Map<string, Node[]>();
  const bind = (target: unknown, value: Node | null): void => {
    if (!isNode(target)) return;
    const add = (name: string): unknown => values.set(name, [...(values.get(name) ?? []), value]);
    if (target.type === 'TupleLiteral') for (const part of target.value as readonly Node[]) bind(part, null);
    if (target.type === 'KeywordArgumentExpression') bind(target.key, null);
    if (target.type === 'MemberExpression') add(`.${memberName(target)}`);
    if (target.type === 'Identifier') add(String(target.value));
  };
  for (const node of nodes) {
    if (node.type === 'Set') bind(node.assignee, node.value as Node | null);
    if (node.type === 'For') {
      const over = iterated(node);
      bind(node.loopvar, isRange(over) ? someNumber : null);
      const name = nameOf(node.loopvar);
      if (name !== undefined) keysOf.set(name, [...(keysOf.get(name) ?? []), over]);
    }
    if (node.type === 'Macro') {
      macros.add(nameOf(node.name) ?? '');
      for (const parameter of node.args as readonly Node[]) bind(parameter, null);
    }
    if (node.type === 'CallExpression' && nameOf(node) === 'namespace') {
      for (const { key, value } of argumentsOf(node)) {
        const name = `.${nameOf(key)}`;
        values.set(name, [...(values.get(name) ?? []), isNode(value) ? value : null]);
      }
    }
  }
  return { names: new Set([...values.keys(), ...macros]), macros, values, keysOf };
}

/** What a loop goes over, without the condition that it may have. */
function iterated(loop: Node): Node {
  const iterable = loop.iterable as Node;
  return iterable.type === 'SelectExpression' ? (iterable.lhs as Node) : iterable;
}

function isRange(node: Node): boolean {
  if (node.type === 'FilterExpression')
    return ['reverse', 'list'].includes(nameOf(node.filter) ?? '') && isRange(node.operand as Node);
  return (
    node.type === 'CallExpression' && (node.callee as Node).type === 'Identifier' && nameOf(node) === 'range'
  );
}

function checkNode(node: Node, bound: Bound, report: Report): void {
  if (!allowedNodes.has(node.type)) {
    report(`${node.type} is no part of chat templates`, node);
    return;
  }
  switch (node.type) {
    case 'StringLiteral': {
      const problem = problemInText(String(node.value));
      if (problem !== null) report(problem, node);
      return;
    }
    case 'FilterExpression':
    case 'FilterStatement':
      if (!allowedFilters.has(nameOf(node.filter) ?? '')) report(`the filter ${sourceOf(node.filter)}`, node);
      for (const { key, value } of argumentsOf(node.filter)) {
        if (nameOf(key) === 'attribute') checkName(String((value as Node).value), bound, node, report);
      }
      return;
    case 'TestExpression':
      if (!allowedTests.has(nameOf(node.test) ?? '')) report(`the test ${sourceOf(node.test)}`, node);
      return;
    case 'CallExpression':
      checkCall(node, bound, report);
      return;
    case 'MemberExpression':
      checkMember(node, bound, report);
      return;
    case 'BinaryExpression':
      if (operatorOf(node) === '**') report(`the power ${sourceOf(node)}`, node);
      return;
    default:
  }
}

function checkCall(node: Node, { macros }: Bound, report: Report): void {
  const callee = node.callee as Node;
  if (callee.type === 'MemberExpression') {
    const method = memberName(callee);
    if (callee.computed === true || !allowedMethods.has(method ?? ''))
      report(`the method ${sourceOf(callee)}`, node);
    return;
  }
  const name = nameOf(callee);
  if (name === undefined || callee.type !== 'Identifier') {
    report(`a call of ${sourceOf(callee)}`, node);
    return;
  }
  const filters = allowedFilters.has(name) || allowedTests.has(name);
  if (!allowedFunctions.has(name) && !macros.has(name) && !filters) report(`the function ${name}`, node);
}

function checkMember(node: Node, bound: Bound, report: Report): void {
  const name = memberName(node);
  if (name !== undefined) {
    checkName(name, bound, node, report);
    return;
  }
  const property = node.property as Node;
  if (property.type === 'SliceExpression' || isNumber(property, bound, new Set())) return;
  if (!isOwnKey(node, bound) && !isTable(node.object as Node, bound))
    report(`a member whose name is computed: ${sourceOf(node)}`, node);
}

function checkName(name: string, { values }: Bound, node: Node, report: Report): void {
  if (allowedMembers.has(name) || allowedMethods.has(name) || values.has(`.${name}`)) {
    if (!name.startsWith('_')) return;
  }
  report(`the member ${JSON.stringify(name)}`, node);
}

/**
 * Whether the name is one that a loop over this very mapping has found in it, so that nothing but a member is reached.
 * Both names are bound once: neither can mean something else by then.
 */
function isOwnKey(node: Node, { values, keysOf }: Bound): boolean {
  const [holder, key] = [node.object as Node, node.property as Node];
  if (holder.type !== 'Identifier' || key.type !== 'Identifier') return false;
  const [over, ...others] = keysOf.get(String(key.value)) ?? [];
  const boundOnce = [holder, key].every(({ value }) => values.get(String(value))?.length === 1);
  return boundOnce && others.length === 0 && over?.type === 'Identifier' && over.value === holder.value;
}

/** Whether it is looked up in a mapping that the template spells out; by what, the content check looks at. */
function isTable(node: Node, { values }: Bound): boolean {
  if (node.type === 'ObjectLiteral') return true;
  if (node.type !== 'Identifier') return false;
  const bound = values.get(String(node.value)) ?? [];
  return bound.length > 0 && bound.every((value) => value?.type === 'ObjectLiteral');
}

/** Whether an index can only be a number, as far as the source tells. */
function isNumber(node: Node, bound: Bound, seen: ReadonlySet<string>): boolean {
  switch (node.type) {
    case 'IntegerLiteral':
      return true;
    case 'UnaryExpression':
      return operatorOf(node) === '-' && isNumber(node.argument as Node, bound, seen);
    case 'BinaryExpression':
      return (
        ['+', '-', '*', '//', '%'].includes(operatorOf(node)) &&
        isNumber(node.left as Node, bound, seen) &&
        isNumber(node.right as Node, bound, seen)
      );
    case 'FilterExpression':
      return ['length', 'count', 'int'].includes(nameOf(node.filter) ?? '');
    case 'MemberExpression':
      return isFieldOfLoop(node) || isBoundToNumbers(`.${memberName(node)}`, bound, seen);
    case 'Identifier':
      return isBoundToNumbers(String(node.value), bound, seen);
    default:
      return false;
  }
}

function isBoundToNumbers(name: string, bound: Bound, seen: ReadonlySet<string>): boolean {
  if (seen.has(name)) return true;
  const values = bound.values.get(name) ?? [];
  const within = new Set([...seen, name]);
  return values.length > 0 && values.every((value) => value !== null && isNumber(value, bound, within));
}

function isFieldOfLoop(node: Node): boolean {
  const member = memberName(node) ?? '';
  return (
    nameOf(node.object) === 'loop' && ['index', 'index0', 'revindex', 'revindex0', 'length'].includes(member)
  );
}

/** Names that nothing gives and nothing binds, macros that reach themselves or are handed around. */
function checkCalls(nodes: readonly Node[], { names, macros }: Bound, report: Report): void {
  const called = new Set<unknown>();
  const labels = new Set<unknown>();
  for (const node of nodes) {
    if (node.type === 'CallExpression') called.add(node.callee);
    if (node.type === 'FilterExpression' || node.type === 'FilterStatement') labels.add(node.filter);
    if (node.type === 'FilterExpression' && isNode(node.filter)) labels.add(node.filter.callee);
    if (node.type === 'TestExpression') labels.add(node.test);
    // Whether a function is there is asked before it is called.
    if (node.type === 'TestExpression' && ['defined', 'undefined'].includes(nameOf(node.test) ?? '')) {
      const operand = node.operand as Node;
      if (operand.type === 'Identifier' && allowedFunctions.has(String(operand.value))) labels.add(operand);
    }
    if (node.type === 'TestExpression' && isNode(node.test)) labels.add(node.test.callee);
    if (node.type === 'MemberExpression' && node.computed !== true) labels.add(node.property);
    if (node.type === 'KeywordArgumentExpression') labels.add(node.key);
    if (node.type === 'Macro') labels.add(node.name);
  }
  for (const node of nodes) {
    if (node.type !== 'Identifier' || labels.has(node)) continue;
    const name = String(node.value);
    if (called.has(node)) continue;
    if (macros.has(name)) report(`the macro ${name} is handed around`, node);
    else if (name.startsWith('__') || (!names.has(name) && !givenNames.has(name)))
      report(`the name ${name}`, node);
  }
  checkRecursion(nodes, report);
}
