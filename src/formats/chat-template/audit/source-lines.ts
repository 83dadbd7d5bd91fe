// Lines of a template for the nodes of its tree, which has no places: statements are counted in tree and text.
import { childrenOf, type Node } from './nodes.ts';

const statementTypes: ReadonlySet<string> = new Set([
  ...['If', 'For', 'Set', 'Macro', 'CallStatement', 'FilterStatement', 'Break', 'Continue'],
]);
const counted = /^\{%[-+]?\s*(?:if|elif|for|set|macro|call|filter|break|continue)\b/;

/** The line of each node, from 1: that of the last statement which begins before it. */
export function linesOf(program: Node, text: string): ReadonlyMap<Node, number> {
  const begins = statementsIn(text);
  const lines = new Map<Node, number>();
  let count = 0;
  let line = 1;
  let from = 0;
  const visit = (node: Node): void => {
    if (statementTypes.has(node.type)) {
      const at = Math.max(from, begins[count++] ?? from);
      for (; from < at; from++) if (text[from] === '\n') line += 1;
    }
    lines.set(node, line);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return lines;
}

/** Where statements begin that have a node, in comments and texts none. */
function statementsIn(text: string): readonly number[] {
  const begins: number[] = [];
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at)) {
    const opening = text.slice(at, at + 2);
    if (opening === '{#') {
      const end = text.indexOf('#}', at);
      at = end === -1 ? text.length : end + 2;
    } else if (opening === '{%' || opening === '{{') {
      if (counted.test(text.slice(at, at + 40))) begins.push(at);
      at = endOf(text, at + 2, opening === '{%' ? '%}' : '}}');
    } else at += 1;
  }
  return begins;
}

/** Behind the closing mark, which does not count in quotes, nor in brackets of the expression's own. */
function endOf(text: string, from: number, closing: '%}' | '}}'): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"' || character === "'") {
      at += 1;
      while (at < text.length && text[at] !== character) at += text[at] === '\\' ? 2 : 1;
    } else if (depth === 0 && text.startsWith(closing, at)) return at + 2;
    else if (character === '{') depth += 1;
    else if (character === '}') depth = Math.max(0, depth - 1);
  }
  return text.length;
}
