// Reads a text along a grammar with a set of stacks, as llama.cpp does while it samples, so that it can be said how many
// there are. A grammar that can be read in many ways makes them grow without end, each of them costing a look at the
// whole vocabulary: S ::= "x" S "y" | "x" S "z" doubles them with every x.
import { type CharacterSet, type Grammar, type GrammarSymbol, grammarLimits, includes } from './grammar.ts';

/** Where a text may stand in a grammar. */
export type GrammarState = {
  readonly stacks: readonly Stack[];
  /** It may end here. */
  readonly complete: boolean;
};

/** Tops are characters, what lies beneath are the places to which rules return. Equal stacks are the same object. */
type Stack = {
  readonly place: number;
  readonly below: Stack | undefined;
  readonly above: Map<number, Stack>;
};

export type GrammarWalk = {
  readonly begin: () => GrammarState;
  /** @throws TooManyStacks */
  readonly accept: (state: GrammarState, codePoint: number) => GrammarState;
  /** The characters that a stack waits for. */
  readonly awaited: (stack: Stack) => CharacterSet;
};

/** More ways to read a text than `grammarLimits.stacks`. */
export class TooManyStacks extends Error {
  constructor() {
    super('the grammar can be read in too many ways at once');
  }
}

/** Steps of one character; a grammar may have many rules that add no stack. */
const mostSteps = 100 * grammarLimits.stacks;
/** Stacks that are kept so that equal ones are found. */
const mostKept = 100_000;

const end = 'end';

export function createGrammarWalk({ rules }: Grammar): GrammarWalk {
  const symbols: (GrammarSymbol | typeof end)[] = [];
  const starts = rules.map((alternatives) =>
    alternatives.map((alternative) => symbols.push(...alternative, end) - alternative.length - 1),
  );
  let bottom = new Map<number, Stack>();
  let kept = 0;

  const push = (place: number, below: Stack | undefined): Stack => {
    const siblings = below?.above ?? bottom;
    const known = siblings.get(place);
    if (known !== undefined) return known;
    const stack = { place, below, above: new Map() };
    siblings.set(place, stack);
    kept++;
    return stack;
  };

  /** Goes on from places until every stack waits for a character. */
  const advance = (from: readonly (readonly [number, Stack | undefined])[]): GrammarState => {
    const stacks = new Set<Stack>();
    const seen = new Set<Stack>();
    const waiting = [...from];
    let complete = false;
    let steps = 0;
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (stacks.size > grammarLimits.stacks || ++steps > mostSteps) throw new TooManyStacks();
      const [place, below] = next;
      const symbol = symbols[place] as GrammarSymbol | typeof end;
      if (symbol === end) {
        if (below === undefined) complete = true;
        else waiting.push([below.place, below.below]);
        continue;
      }
      const stack = push(place, below);
      if (seen.has(stack)) continue;
      seen.add(stack);
      if (typeof symbol !== 'number') {
        stacks.add(stack);
        continue;
      }
      const after = symbols[place + 1] === end ? below : push(place + 1, below);
      for (const start of starts[symbol] as readonly number[]) waiting.push([start, after]);
    }
    return { stacks: [...stacks], complete };
  };

  /** Forgets the stacks that no text stands on any more. */
  const renewed = ({ stacks, complete }: GrammarState): GrammarState => {
    bottom = new Map();
    kept = 0;
    const renew = (stack: Stack | undefined): Stack | undefined => {
      const places: number[] = [];
      for (let part = stack; part !== undefined; part = part.below) places.push(part.place);
      return places.reduceRight<Stack | undefined>((below, place) => push(place, below), undefined);
    };
    return { stacks: stacks.map((stack) => renew(stack) as Stack), complete };
  };

  const awaited = ({ place }: Stack): CharacterSet => symbols[place] as CharacterSet;

  return {
    begin: () => advance((starts[0] as readonly number[]).map((start) => [start, undefined] as const)),
    accept: (state, codePoint) => {
      const { stacks } = kept > mostKept ? renewed(state) : state;
      const matching = stacks.filter((stack) => includes(awaited(stack), codePoint));
      return advance(matching.map(({ place, below }) => [place + 1, below] as const));
    },
    awaited,
  };
}

/** Whether the whole text is one of the grammar's. @throws TooManyStacks */
export function matchesGrammar(grammar: Grammar, text: string): boolean {
  const walk = createGrammarWalk(grammar);
  let state = walk.begin();
  for (const character of text) state = walk.accept(state, character.codePointAt(0) as number);
  return state.complete;
}
