// Looks for a text that a grammar can be read along in more and more ways: of the characters that may follow, the one
// that leaves the most stacks, some steps far. Not covered: grammars that become ambiguous behind a longer beginning, or
// where such a character first leads to fewer stacks; the watch over each generation ends those.
import type { Grammar } from './grammar.ts';
import { createGrammarWalk, type GrammarState, type GrammarWalk } from './grammar-walk.ts';

const length = 48;
/** Texts, each of which turns to other characters where several are as good. */
const tries = 3;
/** Characters that are compared at each place. */
const compared = 12;

/**
 * The texts that were found, from the begin of the grammar.
 *
 * @throws TooManyStacks
 */
export function probeGrammar(grammar: Grammar): readonly string[] {
  const walk = createGrammarWalk(grammar);
  return Array.from({ length: tries }, (_, turn) => probe(walk, turn));
}

function probe(walk: GrammarWalk, turn: number): string {
  let state = walk.begin();
  let text = '';
  for (let place = 0; place < length; place++) {
    const choices = charactersOf(walk, state);
    let best: { readonly codePoint: number; readonly state: GrammarState } | undefined;
    for (let index = 0; index < choices.length; index++) {
      const codePoint = choices[(index + turn * (place + 1)) % choices.length] as number;
      const next = walk.accept(state, codePoint);
      if (best === undefined || next.stacks.length > best.state.stacks.length)
        best = { codePoint, state: next };
    }
    if (best === undefined || best.state.stacks.length === 0) break;
    state = best.state;
    text += String.fromCodePoint(best.codePoint);
  }
  return text;
}

/** The begins of ranges that most stacks wait for. Surrogates stand for no character of a text. */
function charactersOf({ awaited }: GrammarWalk, { stacks }: GrammarState): readonly number[] {
  const counts = new Map<number, number>();
  for (const stack of stacks) {
    for (const [low] of awaited(stack).slice(0, 64)) counts.set(low, (counts.get(low) ?? 0) + 1);
  }
  return [...counts]
    .filter(([codePoint]) => codePoint !== 0 && (codePoint < 0xd800 || codePoint > 0xdfff))
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, compared)
    .map(([codePoint]) => codePoint);
}
