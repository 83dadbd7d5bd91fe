// Finds where a template decides by what people wrote. Decisions that published templates make are left out: is there any,
// is it a text, and tags, blanks and parts in it as long as they only move people's texts and tags about. Every other is a
// finding, and so is a decision on the date. Not covered: decisions on how long a conversation is, and on tools.
import { bindingsOf } from './bindings.ts';
import { decisionPointsIn } from './decision-points.ts';
import { ruleOn } from './decisions.ts';
import { cutOf, deepFlow, flowOf, type Names, textsOf } from './flows.ts';
import { isMark } from './marks.ts';
import { argumentsOf, everyNode, memberName, type Node, nameOf, operatorOf, sourceOf } from './nodes.ts';
import { audibleNames, spokenIn } from './silence.ts';

type Report = (problem: string, node: Node) => void;

const people = 'what people wrote';

/** @param step is called for every part that is looked at; what it throws ends the check */
export function checkContentFlow(program: Node, report: Report, step: (node: Node) => void): void {
  const points = decisionPointsIn(program);
  const bindings = bindingsOf(program, points, step);
  const { names, marked } = bindings;
  const reported = new Set<Node>();
  for (const point of points) {
    const ruling = ruleOn(point, names);
    if (ruling === 'free' || ruling === 'marked' || reported.has(point.part)) continue;
    reported.add(point.part);
    report(
      `a decision on ${ruling === 'date' ? 'the date' : people}: ${sourceOf(point.part)}`,
      point.decides,
    );
  }
  const audible = audibleNames(program, bindings);
  for (const { part, decides, depends } of marked) {
    const spoken = spokenIn(depends, bindings, audible);
    if (spoken === null || reported.has(part)) continue;
    reported.add(part);
    report(`a decision on ${people}: ${sourceOf(part)}, which chooses ${spoken}`, decides);
  }
  for (const node of everyNode(program)) {
    const problem = problemOf(node, names);
    if (problem !== null) report(problem, node);
  }
}

/** Ways in which an expression alone decides by words, or takes people's texts apart by them. */
function problemOf(node: Node, names: Names): string | null {
  const on = (flow: string): string | null =>
    flow === 'content'
      ? `a decision on ${people}: ${sourceOf(node)}`
      : flow === 'date'
        ? `a decision on the date: ${sourceOf(node)}`
        : null;
  switch (node.type) {
    case 'FilterExpression':
      return problemOfFilter(node, names);
    case 'CallExpression':
      return problemOfCall(node, names);
    case 'MemberExpression': {
      // A table that is looked into by words decides by them, and so does a text that is cut to their number.
      if (memberName(node) !== undefined || flowOf(node.object as Node, names) !== 'plain') return null;
      return on(deepFlow(node.property as Node, names));
    }
    case 'BinaryExpression':
      return operatorOf(node) === '*' || operatorOf(node) === '%' ? on(deepFlow(node, names)) : null;
    default:
      return null;
  }
}

function problemOfFilter(node: Node, names: Names): string | null {
  const filter = nameOf(node.filter) ?? '';
  const operand = flowOf(node.operand as Node, names);
  const given = argumentsOf(node.filter);
  const problem = `a decision on ${people}: ${sourceOf(node)}`;
  if (filter === 'replace') return problemOfReplacement(node, operand, given, names);
  if (filter === 'join' && operand === 'content' && cutOf(node.operand as Node, names) !== 'whole')
    return given[0] === undefined ||
      textsOf(given[0], names)?.every((text) => isMark(text, names.written)) === true
      ? null
      : problem;
  if (filter === 'selectattr' || filter === 'rejectattr') {
    const [attribute] = given;
    const byWords = given.some((argument) => deepFlow(argument, names) === 'content');
    const plain = ['role', 'type', 'name', 'id', 'tool_calls', 'tool_call_id', 'function'].includes(
      String(attribute?.value),
    );
    return byWords || (operand !== 'plain' && !plain) ? problem : null;
  }
  return (filter === 'select' || filter === 'reject') && operand === 'content' ? problem : null;
}

function problemOfCall(node: Node, names: Names): string | null {
  const callee = node.callee as Node;
  if (callee.type !== 'MemberExpression') return null;
  const method = memberName(callee) ?? '';
  const holder = flowOf(callee.object as Node, names);
  const given = argumentsOf(node);
  if (method === 'replace') return problemOfReplacement(node, holder, given, names);
  if (holder === 'plain') {
    const [key] = given;
    const byWords = key !== undefined && ['content', 'date'].includes(deepFlow(key, names));
    return byWords && method !== 'append' && method !== 'join'
      ? `a decision on ${people}: ${sourceOf(node)}`
      : null;
  }
  const cuts = method === 'split' || method === 'rsplit';
  return cuts && holder === 'content' && cutOf(node, names) === 'worded'
    ? `a cut by words in ${people}: ${sourceOf(node)}`
    : null;
}

/** Marks may be taken out of people's texts; what is put in could be read as if they had written it, or as a tag. */
function problemOfReplacement(
  node: Node,
  of: string,
  [pattern, by]: readonly Node[],
  names: Names,
): string | null {
  if (pattern !== undefined && of !== 'content' && deepFlow(pattern, names) === 'content')
    return `a decision on ${people}: ${sourceOf(node)}`;
  if (of !== 'content') return null;
  return cutOf(node, names) !== 'worded' && isBlank(by, names)
    ? null
    : `a replacement in ${people}: ${sourceOf(node)}`;
}

function isBlank(node: Node | undefined, names: Names): boolean {
  return node === undefined || textsOf(node, names)?.every((text) => text.trim() === '') === true;
}
