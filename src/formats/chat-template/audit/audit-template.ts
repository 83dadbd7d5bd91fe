// Reads a chat template without rendering it: parsed to a syntax tree, held against the lists of what templates may be
// made of, and looked through for decisions on what people wrote. Runs in the renderer's process, since a hostile text
// can exhaust whoever parses it.
import { Template } from '@huggingface/jinja';
import { checkContentFlow } from './content-flow.ts';
import type { TemplateFinding } from './finding.ts';
import { childrenOf, type Node, nodeOf } from './nodes.ts';
import { checkStructure } from './structure.ts';

export type TemplateAudit = {
  readonly findings: readonly TemplateFinding[];
  /** Texts that the template compares with or writes; words that could open a hidden branch are among them. */
  readonly literals: readonly string[];
};

/** Looks at parts of the tree. The largest of 28 published templates takes 8,000. */
const maxSteps = 2_000_000;
const maxFindings = 40;
const maxLiterals = 400;
const maxLiteralLength = 200;

/** A text that cannot be parsed has one finding. */
export function auditTemplate(text: string): TemplateAudit {
  const found = new Map<string, TemplateFinding>();
  const add = (finding: TemplateFinding): void => {
    const key = `${finding.line} ${finding.problem}`;
    if (found.size < maxFindings && !found.has(key)) found.set(key, finding);
  };
  const program = parse(text);
  if (typeof program === 'string')
    return { findings: [forbidden(`it is not Jinja: ${program}`)], literals: [] };
  try {
    const lines = linesOf(program, text);
    const reportAs = (kind: TemplateFinding['kind']) => (problem: string, node: Node) =>
      add({ kind, problem: problem.slice(0, 300), line: lines.get(node) ?? null });
    if (checkStructure(program, reportAs('forbidden'))) {
      checkContentFlow(program, reportAs('content'), countSteps(maxSteps));
    }
    return { findings: [...found.values()], literals: literalsIn(program) };
  } catch (error) {
    if (error instanceof TooManySteps)
      return { findings: [...found.values(), forbidden(error.message)], literals: [] };
    if (!(error instanceof RangeError)) throw error;
    return { findings: [forbidden('its parts are nested too deeply')], literals: [] };
  }
}

class TooManySteps extends Error {}

/** The audit is bounded by what it does and not by how long that takes, so that it rules the same on any machine. */
function countSteps(most: number): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps > most)
      throw new TooManySteps(`what it does with what people wrote takes more than ${most} steps to follow`);
  };
}

function forbidden(problem: string): TemplateFinding {
  return { kind: 'forbidden', problem, line: null };
}

function parse(text: string): Node | string {
  try {
    return nodeOf(new Template(text).parsed);
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed';
  }
}

const statements = /\{%[-+]?\s*(if|elif|for|set|macro|filter|break|continue)\b/g;
const statementTypes: ReadonlySet<string> = new Set([
  ...['If', 'For', 'Set', 'Macro', 'FilterStatement', 'Break', 'Continue'],
]);

/**
 * The line of each node: that of the last statement which begins before it. The tree has no places, so statements are
 * counted in tree and text; where the counts differ there are none.
 */
function linesOf(program: Node, text: string): ReadonlyMap<Node, number> {
  const blanked = text.replaceAll(/\{#.*?#\}/gs, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  const begins = [...blanked.matchAll(statements)].map(({ index }) => index);
  const lines = new Map<Node, number>();
  let count = 0;
  let line = 1;
  let from = 0;
  const visit = (node: Node): void => {
    if (statementTypes.has(node.type)) {
      const at = begins[count++] ?? from;
      line += blanked.slice(from, at).split('\n').length - 1;
      from = at;
    }
    lines.set(node, line);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return count === begins.length ? lines : new Map();
}

function literalsIn(program: Node): readonly string[] {
  const literals = new Set<string>();
  const visit = (node: Node): void => {
    if (literals.size >= maxLiterals) return;
    const { value } = node;
    if (node.type === 'StringLiteral' && typeof value === 'string' && value.length <= maxLiteralLength)
      literals.add(value);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return [...literals];
}
