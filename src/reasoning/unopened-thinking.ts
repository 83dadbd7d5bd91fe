// Notices thinking that was never opened: a server whose template opens the think block gives the thinking as the answer,
// up to a closing tag that nothing opened. Once it is seen, what was said so far was no answer. An answer that speaks of
// the tag is told from it by the tag's surroundings: such an answer names `<think>` before it, quotes it, has it in code,
// or goes on behind it with a space or a punctuation mark. Not covered: one that does none of these is taken for
// thinking, and thinking that names `<think>` itself is not noticed.

export type UnopenedThinkingWatch = {
  /** True from the tag on that has ended such thinking. */
  readonly push: (text: string) => boolean;
  /** No more text follows. */
  readonly end: () => boolean;
};

const opening = '<think>';
const closing = '</think>';
const quotes = '"\'“”„‚‘’«»<([{=';
/** What an answer or the white space before it begins with; half a character counts, as its other half comes later. */
const answerBegins = /^[\r\n*#\p{L}\p{N}\p{Surrogate}]/u;

export function createUnopenedThinkingWatch(): UnopenedThinkingWatch {
  let decided = false;
  let found = false;
  let inCode = false;
  let previous = '';
  /** Something stands before it, else there was no thinking. */
  let begun = false;
  /** From the last `<` on, while what follows decides about it. */
  let held = '';

  const pass = (length: number): void => {
    const text = held.slice(0, length);
    held = held.slice(length);
    if (text.split('`').length % 2 === 0) inCode = !inCode;
    previous = text.at(-1) ?? previous;
    begun ||= text.trim() !== '';
  };

  const look = (last: boolean): boolean => {
    while (!decided && held !== '') {
      const at = held.indexOf('<');
      pass(at < 0 ? held.length : at);
      const waits = (needed: string): boolean => held.length < needed.length && needed.startsWith(held);
      if (!last && (waits(opening) || waits(closing) || held === closing)) break;
      if (held.startsWith(closing)) {
        const behind = held.slice(closing.length);
        const quoted = inCode || (previous !== '' && quotes.includes(previous));
        found = begun && !quoted && (behind === '' || answerBegins.test(behind));
        decided = found;
        // Behind an empty block there is still nothing.
        if (begun) pass(closing.length);
        else held = behind;
      } else if (held.startsWith(opening)) decided = true;
      else pass(1);
    }
    return found;
  };

  return {
    push: (text) => {
      if (!decided) held += text;
      return look(false);
    },
    end: () => look(true),
  };
}
