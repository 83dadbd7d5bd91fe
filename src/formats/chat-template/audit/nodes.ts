// The syntax tree of a Jinja template, as @huggingface/jinja parses it, seen without its classes: a node has a type, some
// values and some nodes. What follows walks it in the order of the source and writes expressions back as text.
import type { Template } from '@huggingface/jinja';

export type TemplateTree = Template['parsed'];

export type Node = { readonly type: string } & { readonly [property: string]: unknown };

/** The tree as nodes. */
export function nodeOf(tree: TemplateTree): Node {
  return tree as unknown as Node;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** The nodes right below, in the order of the source. Operators are tokens, which only look like nodes. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([property, value]) => (property === 'operator' ? [] : nodesIn(value)));
}

function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (value instanceof Map) return [...value].flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

/** The name of a filter, a test or what is called, whether it has arguments or not. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return String(node.value);
  return node.type === 'CallExpression' ? nameOf(node.callee) : undefined;
}

export function argumentsOf(node: unknown): readonly Node[] {
  return isNode(node) && node.type === 'CallExpression' ? (node.args as readonly Node[]) : [];
}

/** The name that a member is asked for by, where the source states it: `a.b` and `a['b']`. */
export function memberName(node: Node): string | undefined {
  const property = node.property as Node;
  if (node.computed !== true) return String(property.value);
  return property.type === 'StringLiteral' ? String(property.value) : undefined;
}

/** An expression as it may have stood in the template; for people, not to be parsed again. */
export function sourceOf(node: unknown): string {
  if (!isNode(node)) return '';
  const of = (property: string): string => sourceOf(node[property]);
  const list = (value: unknown): string => (value as readonly unknown[]).map(sourceOf).join(', ');
  switch (node.type) {
    case 'Identifier':
      return String(node.value);
    case 'StringLiteral':
      return JSON.stringify(node.value);
    case 'IntegerLiteral':
    case 'FloatLiteral':
      return String(node.value);
    case 'ArrayLiteral':
      return `[${list(node.value)}]`;
    case 'TupleLiteral':
      return `(${list(node.value)})`;
    case 'ObjectLiteral':
      return `{${[...(node.value as Map<Node, Node>)].map((pair) => pair.map(sourceOf).join(': ')).join(', ')}}`;
    case 'MemberExpression':
      return node.computed === true
        ? `${of('object')}[${of('property')}]`
        : `${of('object')}.${of('property')}`;
    case 'CallExpression':
      return `${of('callee')}(${list(node.args)})`;
    case 'FilterExpression':
      return `${of('operand')} | ${of('filter')}`;
    case 'TestExpression':
      return `${of('operand')} is ${node.negate === true ? 'not ' : ''}${of('test')}`;
    case 'SelectExpression':
      return `${of('lhs')} if ${of('test')}`;
    case 'Ternary':
      return `${of('trueExpr')} if ${of('condition')} else ${of('falseExpr')}`;
    case 'UnaryExpression':
      return `${operatorOf(node)} ${of('argument')}`;
    case 'BinaryExpression':
      return `${of('left')} ${operatorOf(node)} ${of('right')}`;
    case 'KeywordArgumentExpression':
      return `${of('key')}=${of('value')}`;
    case 'SliceExpression':
      return `${of('start')}:${of('stop')}`;
    default:
      return node.type;
  }
}

export function operatorOf(node: Node): string {
  return String((node.operator as { readonly value?: unknown } | undefined)?.value);
}

/** A node and all below it, in the order of the source. */
export function everyNode(node: Node): readonly Node[] {
  const found: Node[] = [];
  const visit = (each: Node): void => {
    found.push(each);
    for (const child of childrenOf(each)) visit(child);
  };
  visit(node);
  return found;
}

/** The nodes of a property that is a node, a list of them or nothing. */
export function nodesOf(node: Node, ...properties: readonly string[]): readonly Node[] {
  return properties.flatMap((property) => nodesIn(node[property]));
}
