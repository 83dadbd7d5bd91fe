// Whether a part of a template says nothing by itself: all that it writes are people's texts, what whoever asks has given,
// and marks. Where marks in people's texts decide, only such parts may depend on them, so that nobody can open a hidden
// text by writing a tag.
import type { Bindings } from './bindings.ts';
import { comparisons, searching } from './flows.ts';
import { isSilent } from './marks.ts';
import {
  argumentsOf,
  childrenOf,
  memberName,
  type Node,
  nameOf,
  nodesOf,
  operatorOf,
  sourceOf,
} from './nodes.ts';

/** The first thing that is said, in words; null where there is none. */
export function spokenIn(
  nodes: readonly Node[],
  bindings: Bindings,
  audible: ReadonlySet<string>,
): string | null {
  const { names, macros, values, settings } = bindings;
  const seen = new Set<string>();
  const first = (parts: readonly Node[]): string | null => {
    for (const part of parts) {
      const found = visit(part);
      if (found !== null) return found;
    }
    return null;
  };
  const valuesOf = (name: string): string | null => {
    if (seen.has(name)) return null;
    seen.add(name);
    return first(values.get(name) ?? []);
  };
  const visit = (node: Node): string | null => {
    names.step(node);
    if (node.type === 'StringLiteral')
      return isSilent(String(node.value), names.written)
        ? null
        : JSON.stringify(String(node.value).slice(0, 80));
    if (node.type === 'Set') {
      const name = setName(node, bindings);
      return settings.has(node) || !audible.has(name) ? null : first(addedBy(node));
    }
    if (
      node.type === 'MemberExpression' &&
      memberName(node) === 'role' &&
      nodesOf(node, 'object')[0]?.type !== 'Identifier'
    )
      return `the role of another message, ${sourceOf(node)}`;
    const name = namedBy(node, bindings);
    if (name !== undefined && values.has(name)) return valuesOf(name);
    const macro = node.type === 'CallExpression' ? macros.get(nameOf(node.callee) ?? '') : undefined;
    if (macro !== undefined && !seen.has(`${nameOf(macro.name)}()`)) {
      seen.add(`${nameOf(macro.name)}()`);
      return first([...writtenParts(node), ...nodesOf(macro, 'body')]);
    }
    return first(writtenParts(node));
  };
  return first(nodes);
}

/** Names that get into the prompt, by themselves or through others; the rest is only asked. */
export function audibleNames(
  program: Node,
  bindings: Pick<Bindings, 'names' | 'values' | 'macros'>,
): ReadonlySet<string> {
  const audible = new Set<string>();
  const visit = (node: Node): void => {
    bindings.names.step(node);
    const name = namedBy(node, bindings);
    if (name !== undefined && !audible.has(name)) {
      audible.add(name);
      for (const value of bindings.values.get(name) ?? []) visit(value);
    }
    if (node.type === 'Set') return;
    for (const part of writtenParts(node)) visit(part);
  };
  visit(program);
  for (const macro of bindings.macros.values()) for (const node of nodesOf(macro, 'body')) visit(node);
  return audible;
}

function namedBy(node: Node, { names }: Pick<Bindings, 'names'>): string | undefined {
  if (node.type === 'Identifier') return names.scopes.nameOf(node);
  const isField = node.type === 'MemberExpression' && nodesOf(node, 'object')[0]?.type === 'Identifier';
  return isField ? names.scopes.fieldOf(node) : undefined;
}

function setName(set: Node, bindings: Pick<Bindings, 'names'>): string {
  const [assignee] = nodesOf(set, 'assignee');
  return (assignee !== undefined && namedBy(assignee, bindings)) || '';
}

/** What a statement adds to a name that it sets: what stood there before was said elsewhere. */
function addedBy(set: Node): readonly Node[] {
  const own = sourceOf(set.assignee);
  const parts = (node: Node): readonly Node[] => {
    if (sourceOf(node) === own) return [];
    if (node.type !== 'BinaryExpression' || comparisons.has(operatorOf(node))) return [node];
    return nodesOf(node, 'left', 'right').flatMap(parts);
  };
  return [...nodesOf(set, 'value').flatMap(parts), ...nodesOf(set, 'body')];
}

/** The parts of a node that get into what it writes, not those that it only asks or looks for. */
function writtenParts(node: Node): readonly Node[] {
  switch (node.type) {
    case 'If':
      return nodesOf(node, 'body', 'alternate');
    case 'For':
      return nodesOf(node, 'body', 'defaultBlock');
    case 'Macro':
    case 'Comment':
    case 'TestExpression':
      return [];
    case 'Ternary':
      return nodesOf(node, 'trueExpr', 'falseExpr');
    case 'SelectExpression':
      return nodesOf(node, 'lhs');
    case 'BinaryExpression':
      return comparisons.has(operatorOf(node)) ? [] : nodesOf(node, 'left', 'right');
    case 'FilterExpression':
      return [
        ...nodesOf(node, 'operand'),
        ...writtenArguments(nameOf(node.filter), argumentsOf(node.filter)),
      ];
    case 'MemberExpression':
      return nodesOf(node, 'object');
    case 'CallExpression': {
      const [callee] = nodesOf(node, 'callee');
      if (callee?.type === 'MemberExpression')
        return [...nodesOf(callee, 'object'), ...writtenArguments(memberName(callee), argumentsOf(node))];
      return ['raise_exception', 'range'].includes(nameOf(callee) ?? '') ? [] : argumentsOf(node);
    }
    default:
      return childrenOf(node);
  }
}

/** Filters and methods whose arguments only say what to look for or how. */
const asks: ReadonlySet<string | undefined> = new Set([
  ...searching,
  ...[
    'strip',
    'lstrip',
    'rstrip',
    'indent',
    'tojson',
    'map',
    'select',
    'reject',
    'selectattr',
    'rejectattr',
    'sort',
  ],
]);

function writtenArguments(name: string | undefined, given: readonly Node[]): readonly Node[] {
  if (asks.has(name)) return [];
  return name === 'replace' || name === 'get' ? given.slice(1) : given;
}
