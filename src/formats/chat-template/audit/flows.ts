// How what people wrote flows through a template. A value has a flow (is it their words, or something that holds them?) and,
// where it is their words, a cut: how much of what they wrote a decision on it could tell. Names take the most that is ever
// set to them, whatever the order.
import { isMark } from './marks.ts';
import { argumentsOf, childrenOf, memberName, type Node, nameOf, operatorOf } from './nodes.ts';
import type { Scopes } from './scopes.ts';

/**
 * In ascending order; a name takes the highest. `decided`: a value of the template's own that what people wrote has chosen.
 * `date` is apart, since no part of it is people's.
 */
const flows = ['plain', 'message', 'decided', 'content', 'date'] as const;
export type Flow = (typeof flows)[number];

/** `whole`: all of a text, trimmed at most. `marked`: what was found by tags, blanks or places. `worded`: by words. */
const cuts = ['whole', 'marked', 'worded'] as const;
export type Cut = (typeof cuts)[number];

export type Names = {
  readonly flow: ReadonlyMap<string, Flow>;
  readonly cut: ReadonlyMap<string, Cut>;
  /** The texts of names that are only ever set to texts. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
  readonly scopes: Scopes;
  /** Tags that the template writes into prompts. */
  readonly written: ReadonlySet<string>;
  /** Is called for each look at a part, and ends the check by what it throws. */
  readonly step: (node: Node) => void;
};

/** Parts of a message that hold no words of people, or only names that whoever asks has chosen. */
const plainParts: ReadonlySet<string> = new Set([
  ...['role', 'type', 'tool_calls', 'tool_call_id', 'function', 'name', 'id', 'arguments', 'parameters'],
]);
const passesAsFlow: ReadonlySet<string | undefined> = new Set(['first', 'last', 'list', 'reverse']);
/** Filters that leave texts, and what holds them, as they are, or nearly so. */
const keepsTexts: ReadonlySet<string | undefined> = new Set([
  ...[
    'trim',
    'string',
    'safe',
    'default',
    'd',
    'list',
    'items',
    'dictsort',
    'sort',
    'reverse',
    'map',
    'join',
  ],
  ...['selectattr', 'rejectattr', 'first', 'last', 'tojson', 'from_json'],
]);
export const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);

function isPlainPart(name: unknown): boolean {
  return plainParts.has(String(name));
}

/** The highest flow of an expression and of all its parts but those that only name what is looked up. */
export function deepFlow(node: Node, names: Names): Flow {
  names.step(node);
  const own = flowOf(node, names);
  if (own === 'date' || own === 'content') return own;
  if (node.type === 'MemberExpression' && own === 'plain') return 'plain';
  // `message.get('role')`: what is called is a method of the message and no content of it.
  if (node.type === 'CallExpression' && own === 'plain' && (node.callee as Node).type === 'MemberExpression')
    return highestFlow(argumentsOf(node).map((argument) => deepFlow(argument, names)));
  if (isLength(node) && flowOf(node.operand as Node, names) === 'message') return 'plain';
  return highestFlow([own, ...childrenOf(node).map((child) => deepFlow(child, names))]);
}

export function flowOf(node: Node, names: Names): Flow {
  names.step(node);
  switch (node.type) {
    case 'Identifier':
      return names.flow.get(names.scopes.nameOf(node)) ?? 'plain';
    case 'MemberExpression':
      return flowOfMember(node, names);
    case 'CallExpression':
      return flowOfCall(node, names);
    case 'FilterExpression':
      return flowOfFilter(node, names);
    case 'BinaryExpression':
      return highestFlow([flowOf(node.left as Node, names), flowOf(node.right as Node, names)]);
    case 'Ternary':
      return highestFlow([flowOf(node.trueExpr as Node, names), flowOf(node.falseExpr as Node, names)]);
    case 'SelectExpression':
      return flowOf(node.lhs as Node, names);
    case 'UnaryExpression':
      return flowOf(node.argument as Node, names);
    case 'StringLiteral':
    case 'IntegerLiteral':
    case 'FloatLiteral':
      return 'plain';
    default:
      return highestFlow(childrenOf(node).map((child) => flowOf(child, names)));
  }
}

function flowOfFilter(node: Node, names: Names): Flow {
  const operand = flowOf(node.operand as Node, names);
  if (isLength(node)) return operand === 'message' ? 'plain' : operand;
  if (operand !== 'message') return operand;
  const filter = nameOf(node.filter);
  if (passesAsFlow.has(filter) || filter === 'selectattr' || filter === 'rejectattr') return 'message';
  const attribute = argumentsOf(node.filter).find(({ key }) => nameOf(key) === 'attribute');
  return isPlainPart((attribute?.value as Node | undefined)?.value) ? 'plain' : 'content';
}

function flowOfMember(node: Node, names: Names): Flow {
  const name = memberName(node);
  const object = node.object as Node;
  const field = names.flow.get(names.scopes.fieldOf(node));
  if (field !== undefined && object.type === 'Identifier' && !names.flow.has(names.scopes.nameOf(object)))
    return field;
  const holder = flowOf(object, names);
  if (holder === 'plain' || holder === 'decided' || holder === 'date') return holder;
  if (name !== undefined && plainParts.has(name)) return 'plain';
  return name === undefined && holder === 'message' ? 'message' : 'content';
}

function flowOfCall(node: Node, names: Names): Flow {
  const callee = node.callee as Node;
  if (nameOf(callee) === 'strftime_now') return 'date';
  const given = highestFlow(argumentsOf(node).map((argument) => flowOf(argument, names)));
  if (callee.type !== 'MemberExpression') return given;
  const holder = flowOf(callee.object as Node, names);
  if (holder === 'plain' || holder === 'decided' || holder === 'date') return highestFlow([holder, given]);
  const [key] = argumentsOf(node);
  return memberName(callee) === 'get' && isPlainPart(key?.value) ? 'plain' : 'content';
}

/** How a value that is or holds what people wrote was cut out of it; `whole` for everything else. */
export function cutOf(node: Node, names: Names): Cut {
  names.step(node);
  const flow = deepFlow(node, names);
  if (flow === 'plain' || flow === 'message') return 'whole';
  const of = (property: string): Cut => cutOf(node[property] as Node, names);
  switch (node.type) {
    case 'Identifier':
      return names.cut.get(names.scopes.nameOf(node)) ?? 'whole';
    case 'MemberExpression':
      if (memberName(node) === undefined)
        return highestCut([
          flowOf(node.object as Node, names) === 'message' ? 'whole' : 'marked',
          of('object'),
        ]);
      return highestCut([names.cut.get(names.scopes.fieldOf(node)) ?? 'whole', of('object')]);
    case 'CallExpression':
      return cutOfCall(node, names);
    case 'FilterExpression': {
      const [pattern] = argumentsOf(node.filter);
      const filter = nameOf(node.filter);
      const cut =
        filter === 'replace'
          ? cutBy(pattern, names)
          : keepsTexts.has(filter) || isLength(node)
            ? 'whole'
            : 'marked';
      return highestCut([cut, of('operand'), ...argumentsOf(node.filter).map((part) => cutOf(part, names))]);
    }
    case 'BinaryExpression': {
      const sides = highestCut([of('left'), of('right')]);
      return comparisons.has(operatorOf(node)) ? highestCut(['marked', sides]) : sides;
    }
    default:
      return highestCut(childrenOf(node).map((child) => cutOf(child, names)));
  }
}

function cutOfCall(node: Node, names: Names): Cut {
  const callee = node.callee as Node;
  const given = highestCut(argumentsOf(node).map((argument) => cutOf(argument, names)));
  if (callee.type !== 'MemberExpression') return given;
  const method = memberName(callee) ?? '';
  const cut = highestCut([given, cutOf(callee.object as Node, names)]);
  const [pattern] = argumentsOf(node);
  if (method === 'replace') return highestCut([cut, cutBy(pattern, names)]);
  if (!searching.has(method)) return cut;
  return highestCut([cut, 'marked', cutBy(pattern, names)]);
}

/** Methods whose result tells where something stands in a text. */
export const searching: ReadonlySet<string> = new Set([
  ...['split', 'rsplit', 'startswith', 'endswith', 'find', 'count'],
]);

/** What is looked for: marks tell nothing beyond themselves, and where it is not known it may be any word. */
function cutBy(pattern: Node | undefined, names: Names): Cut {
  if (pattern === undefined) return 'marked';
  return textsOf(pattern, names)?.every((text) => isMark(text, names.written)) === true ? 'whole' : 'worded';
}

/** The texts that an expression can be; undefined where the source does not tell. */
export function textsOf(node: Node, names: Names): readonly string[] | undefined {
  if (node.type === 'StringLiteral') return [String(node.value)];
  if (node.type === 'Identifier') return names.constants.get(names.scopes.nameOf(node));
  if (node.type !== 'ArrayLiteral' && node.type !== 'TupleLiteral') return undefined;
  const parts = (node.value as readonly Node[]).map((part) => textsOf(part, names));
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

export function isLength(node: Node): boolean {
  return node.type === 'FilterExpression' && ['length', 'count'].includes(nameOf(node.filter) ?? '');
}

export function highestFlow(found: readonly Flow[]): Flow {
  // A message that was chosen is people's words like any other.
  if (found.includes('message') && found.includes('decided') && !found.includes('content'))
    return highestFlow([...found, 'content']);
  return found.reduce((most, flow) => (flows.indexOf(flow) > flows.indexOf(most) ? flow : most), 'plain');
}

export function highestCut(found: readonly Cut[]): Cut {
  return found.reduce((most, cut) => (cuts.indexOf(cut) > cuts.indexOf(most) ? cut : most), 'whole');
}
