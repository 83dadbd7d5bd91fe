// What a condition of a template decides on. It may be free (is there any, is it a text), on marks, which then must not choose
// what is said, on words of people, or on the date.
import type { DecisionPoint, Facts } from './decision-points.ts';
import { comparisons, cutOf, deepFlow, flowOf, highestCut, isLength, type Names, textsOf } from './flows.ts';
import { isMark, partNames } from './marks.ts';
import { type Node, nameOf, operatorOf, sourceOf } from './nodes.ts';

export type Ruling = 'free' | 'marked' | 'worded' | 'date';

const vettedTests: ReadonlySet<string | undefined> = new Set([
  ...[
    'defined',
    'undefined',
    'none',
    'string',
    'mapping',
    'iterable',
    'sequence',
    'boolean',
    'true',
    'false',
  ],
]);

export function ruleOn({ part, kind, facts }: DecisionPoint, names: Names): Ruling {
  if (kind === 'loop') return ruleOnLoop(part, names);
  const flow = deepFlow(part, names);
  if (flow === 'date') return 'date';
  if (flow === 'decided') return 'marked';
  if (flow !== 'content') return 'free';
  if (part.type === 'TestExpression')
    return vettedTests.has(nameOf(part.test)) ? byCut(part, names) : 'worded';
  const isComparison = part.type === 'BinaryExpression' && comparisons.has(operatorOf(part));
  return isComparison ? ruleOnComparison(part, names, facts) : byCut(part, names);
}

function byCut(part: Node, names: Names): Ruling {
  const cut = cutOf(part, names);
  return cut === 'whole' ? 'free' : cut;
}

/** How often a loop goes round is decided by the pieces that it takes, not by the parts of a message. */
function ruleOnLoop(over: Node, names: Names): Ruling {
  const flow = flowOf(over, names);
  if (flow === 'date') return 'date';
  if (flow === 'decided') return 'marked';
  if (flow !== 'content') return 'free';
  return over.type === 'CallExpression' && nameOf(over) === 'range' ? 'marked' : byCut(over, names);
}

function ruleOnComparison(part: Node, names: Names, facts: Facts): Ruling {
  const [left, right] = [part.left as Node, part.right as Node];
  const cut = highestCut([cutOf(left, names), cutOf(right, names)]);
  if (cut === 'worded') return 'worded';
  const [known, other] = textsOf(left, names) === undefined ? [right, left] : [left, right];
  const texts = textsOf(known, names);
  if (texts !== undefined) {
    if (cut === 'whole' && texts.every((text) => text === '')) return 'free';
    // Whether a mapping has a part of that name.
    const isMember = known === left && ['in', 'not in'].includes(operatorOf(part));
    if (isMember && facts.has(sourceOf(other))) return 'marked';
    return texts.every((text) => partNames.has(text) || isMark(text, names.written)) ? 'marked' : 'worded';
  }
  const [number, counted] = left.type === 'IntegerLiteral' ? [left, right] : [right, left];
  if (number.type === 'IntegerLiteral' && isLength(counted)) {
    if (cut === 'marked') return 'marked';
    if (number.value === 0) return 'free';
    return facts.has(sourceOf(counted.operand)) ? 'marked' : 'worded';
  }
  // The template's own values and what was found by marks may be compared with each other, people's texts with nothing.
  const sides = [left, right].filter((side) => deepFlow(side, names) === 'content');
  return sides.every((side) => cutOf(side, names) === 'marked') ? 'marked' : 'worded';
}
