// Tokens that may follow because they followed once before: the text itself is the draft (prompt lookup, Saxena 2023). No second
// model is asked, so that a proposal costs nothing but its row in the next step; text that repeats itself, such as code that is
// edited or a quoted prompt, comes several tokens a step.
import { createProposalLength } from './proposal-length.ts';
import type { Proposer } from './proposals.ts';

/** The last tokens of a text that have to have occurred before. After wrong proposals more of them have to, up to the most. */
const least = 3;
const most = 8;
/** How far back a text is searched: a search is a small part of a step. */
const searched = 8192;

export function createLookupProposer(): Proposer {
  const length = createProposalLength();
  const matches = new Map<number, number>();
  const needed = (sequence: number): number => matches.get(sequence) ?? least;
  return {
    propose: (sequence, tokens, room) => {
      const from = endOfEarlier(tokens, needed(sequence));
      return from === undefined ? [] : tokens.slice(from, from + Math.min(room, length.of(sequence)));
    },
    judged: (sequence, proposed, right) => {
      length.judged(sequence, proposed, right);
      const change = right === proposed ? -1 : right === 0 ? 1 : 0;
      matches.set(sequence, Math.max(least, Math.min(most, needed(sequence) + change)));
    },
    forget: (sequence) => {
      length.forget(sequence);
      matches.delete(sequence);
    },
  };
}

/** Behind the last place before the end where the last `length` tokens occur; undefined where they do not. */
function endOfEarlier(tokens: readonly number[], length: number): number | undefined {
  const end = tokens.length;
  for (let place = end - 1; place >= Math.max(length, end - searched); place--) {
    let matched = 0;
    while (matched < length && tokens[place - 1 - matched] === tokens[end - 1 - matched]) matched++;
    if (matched === length) return place;
  }
  return undefined;
}
