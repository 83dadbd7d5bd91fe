// Reads a chat template without rendering it: parsed to a syntax tree, held against the lists of what templates may be
// made of, and looked through for decisions on what people wrote. Runs in the renderer's process, since a hostile text
// can exhaust whoever parses it.
import { Template } from '@huggingface/jinja';
import { checkContentFlow } from './content-flow.ts';
import type { TemplateFinding } from './finding.ts';
import { checkGrowth } from './growth.ts';
import { childrenOf, type Node, nodeOf } from './nodes.ts';
import { linesOf } from './source-lines.ts';
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
  const lines = linesOf(program, text);
  const reportAs = (kind: TemplateFinding['kind']) => (problem: string, node: Node) =>
    add({ kind, problem: problem.slice(0, 300), line: lines.get(node) ?? null });
  let at: Node = program;
  try {
    const step = countSteps(maxSteps, (node) => {
      at = node;
    });
    if (checkStructure(program, reportAs('forbidden'))) {
      checkGrowth(program, reportAs('forbidden'), step);
      checkContentFlow(program, reportAs('content'), step);
    }
  } catch (error) {
    if (error instanceof TooManySteps) reportAs('forbidden')(error.message, at);
    else if (error instanceof RangeError) reportAs('forbidden')('its parts are nested too deeply', program);
    else throw error;
  }
  return { findings: [...found.values()], literals: literalsIn(program) };
}

class TooManySteps extends Error {}

/** The audit is bounded by what it does and not by how long that takes, so that it rules the same on any machine. */
function countSteps(most: number, onStep: (node: Node) => void): (node: Node) => void {
  let steps = 0;
  return (node) => {
    steps += 1;
    onStep(node);
    if (steps > most)
      throw new TooManySteps(`what it does with what it is given takes more than ${most} steps to follow`);
  };
}

function forbidden(problem: string): TemplateFinding {
  return { kind: 'forbidden', problem, line: 1 };
}

function parse(text: string): Node | string {
  try {
    return nodeOf(new Template(text).parsed);
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 200) : 'it cannot be parsed';
  }
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
