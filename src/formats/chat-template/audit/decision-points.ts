// Where a template decides: each condition that is made of no others, with what is known there and what depends on it. That
// stands in the source and hangs on nothing that flows through it.
import { comparisons } from './flows.ts';
import { childrenOf, isNode, memberName, type Node, nameOf, nodesOf, operatorOf, sourceOf } from './nodes.ts';

/** Expressions, as they are written, that are no texts where the condition is asked. */
export type Facts = ReadonlySet<string>;

export type DecisionPoint = {
  readonly part: Node;
  /** A loop depends on what it takes from, and a condition on what it asks. */
  readonly kind: 'condition' | 'loop';
  readonly facts: Facts;
  /** The statement, or the expression where none decides. */
  readonly decides: Node;
  readonly depends: readonly Node[];
};

type Place = Pick<DecisionPoint, 'facts' | 'decides' | 'depends'>;

export function decisionPointsIn(program: Node): readonly DecisionPoint[] {
  const points: DecisionPoint[] = [];
  inStatement(program, new Set(), [], (point) => points.push(point));
  return points;
}

type Add = (point: DecisionPoint) => unknown;

function inStatement(node: Node, facts: Facts, loop: readonly Node[], add: Add): void {
  const all = (nodes: readonly Node[], known: Facts, within = loop): void => {
    for (const each of nodes) inStatement(each, known, within, add);
  };
  const [test] = nodesOf(node, 'test');
  switch (node.type) {
    case 'If':
      if (test === undefined) return;
      inCondition(test, { facts, decides: node, depends: dependingOn(node, loop) }, add);
      all(nodesOf(node, 'body'), withFacts(facts, factsOf(test, true)));
      all(nodesOf(node, 'alternate'), withFacts(facts, factsOf(test, false)));
      return;
    case 'For': {
      const depends = nodesOf(node, 'body', 'defaultBlock');
      const [iterable] = nodesOf(node, 'iterable');
      if (iterable === undefined) return;
      add({ part: iterable, kind: 'loop', facts, decides: node, depends });
      inExpression(iterable, { facts, decides: node, depends }, add);
      all(depends, facts, depends);
      return;
    }
    case 'Set':
      for (const value of nodesOf(node, 'value'))
        inExpression(value, { facts, decides: node, depends: [value] }, add);
      all(nodesOf(node, 'body'), facts);
      return;
    case 'Program':
    case 'Macro':
    case 'FilterStatement':
      all(nodesOf(node, 'body'), facts);
      return;
    default:
      inExpression(node, { facts, decides: node, depends: [node] }, add);
  }
}

function inCondition(node: Node, place: Place, add: Add): void {
  if (node.type === 'UnaryExpression' && operatorOf(node) === 'not') {
    for (const argument of nodesOf(node, 'argument')) inCondition(argument, place, add);
    return;
  }
  if (node.type === 'BinaryExpression' && ['and', 'or'].includes(operatorOf(node))) {
    // One side matters only where the other one does not settle it, whichever is asked first.
    const holds = operatorOf(node) === 'and';
    const [left, right] = [node.left as Node, node.right as Node];
    inCondition(left, { ...place, facts: withFacts(place.facts, factsOf(right, holds)) }, add);
    inCondition(right, { ...place, facts: withFacts(place.facts, factsOf(left, holds)) }, add);
    return;
  }
  add({ part: node, kind: 'condition', ...place });
  for (const child of childrenOf(node)) inExpression(child, place, add);
}

function inExpression(node: Node, place: Place, add: Add): void {
  const { facts } = place;
  if (node.type === 'Ternary' || node.type === 'SelectExpression') {
    const [test] = nodesOf(node, 'condition', 'test');
    if (test === undefined) return;
    // Which elements a loop takes decides on the loop.
    const isOfLoop = place.decides.type === 'For' && node === place.decides.iterable;
    const depends = nodesOf(node, 'trueExpr', 'falseExpr', 'lhs');
    inCondition(test, { ...place, depends: isOfLoop ? place.depends : depends }, add);
    const where = (holds: boolean): Place => ({ ...place, facts: withFacts(facts, factsOf(test, holds)) });
    for (const part of nodesOf(node, 'trueExpr', 'lhs')) inExpression(part, where(true), add);
    for (const part of nodesOf(node, 'falseExpr')) inExpression(part, where(false), add);
    return;
  }
  const operator = node.type === 'BinaryExpression' ? operatorOf(node) : '';
  if (['and', 'or'].includes(operator) || comparisons.has(operator)) inCondition(node, place, add);
  else for (const child of childrenOf(node)) inExpression(child, place, add);
}

/** What follows in a loop depends on what may leave it, too. */
function dependingOn(choice: Node, loop: readonly Node[]): readonly Node[] {
  const branches = nodesOf(choice, 'body', 'alternate');
  const leaves = (node: Node): boolean =>
    node.type === 'Break' ||
    node.type === 'Continue' ||
    (node.type !== 'For' && childrenOf(node).some(leaves));
  return branches.some(leaves) ? loop : branches;
}

/** What is no text where the condition holds, or where it does not. */
function factsOf(condition: Node, holds: boolean): readonly string[] {
  if (condition.type === 'UnaryExpression' && operatorOf(condition) === 'not')
    return factsOf(condition.argument as Node, !holds);
  if (condition.type === 'BinaryExpression') {
    const operator = operatorOf(condition);
    const parts = [condition.left as Node, condition.right as Node];
    if (operator === (holds ? 'and' : 'or')) return parts.flatMap((part) => factsOf(part, holds));
    // A member that equals something is one of a mapping: texts have none.
    return operator === '==' && holds ? parts.flatMap(holdersOf) : [];
  }
  if (condition.type !== 'TestExpression') return [];
  const isSo = (condition.negate !== true) === holds;
  const isNoText = nameOf(condition.test) === (isSo ? 'mapping' : 'string');
  return isNoText ? [sourceOf(condition.operand)] : [];
}

/** What a named member is looked up in, and the lists and mappings which hold that: a text has no part with members. */
function holdersOf(node: Node): readonly string[] {
  if (node.type === 'FilterExpression') return holdersOf(node.operand as Node);
  if (node.type !== 'MemberExpression' || memberName(node) === undefined) return [];
  const holders: string[] = [];
  for (let at = node.object; isNode(at); at = at.object) holders.push(sourceOf(at));
  return holders;
}

function withFacts(facts: Facts, further: readonly string[]): Facts {
  return further.length === 0 ? facts : new Set([...facts, ...further]);
}
