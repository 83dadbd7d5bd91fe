// A Markdown text that grows, in sections that nothing behind them changes: where one ends is decided by whole lines and by what came before
// them, so that the sections are the same however the text is cut on its way.

export type SectionReader = {
  /** @returns the sections that this piece ended, in their order */
  readonly push: (piece: string) => readonly string[];
  /** What has come of the section that may go on. */
  readonly open: () => string;
};

/** A longer section ends before its next line, except inside a fence. */
const longest = 10_000;
const longestFence = 100_000;

/** What goes on over blank lines until its end has come: CommonMark 0.31, sections 4.5 and 4.6. */
const htmlRegions: readonly (readonly [start: RegExp, end: RegExp])[] = [
  [/^<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![a-z]/i, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
];

const listMarker = /^(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;

type State = {
  readonly text: string;
  /** What ends the region that is open; undefined outside of one. */
  readonly end: RegExp | undefined;
  readonly isFence: boolean;
  /** Its last line is blank. */
  readonly isBlank: boolean;
  /** One of its lines begins an entry of a list, which goes on over blank lines. */
  readonly hasList: boolean;
};

const nothing: State = { text: '', end: undefined, isFence: false, isBlank: false, hasList: false };

export function sectionReader(): SectionReader {
  let [state, line] = [nothing, ''];
  return {
    push: (piece) => {
      const lines = (line + piece).split('\n');
      line = lines.pop() as string;
      const ended: string[] = [];
      for (const whole of lines) {
        const next = afterLine(state, `${whole}\n`);
        ended.push(...next.ended);
        state = next.state;
      }
      return ended;
    },
    open: () => state.text + line,
  };
}

type Step = { readonly ended: readonly string[]; readonly state: State };

function afterLine(state: State, line: string): Step {
  const isTooLong =
    state.text !== '' && state.text.length + line.length > (state.isFence ? longestFence : longest);
  if (isTooLong) return endedBefore(state, line);
  if (state.end !== undefined) return inRegion(state, line);
  if (line.trim() === '') {
    // Blank lines before a section belong to the one before them, or to none.
    return { ended: [], state: { ...state, text: state.text + line, isBlank: true } };
  }
  const indent = line.search(/[^ ]/);
  const content = line.slice(indent);
  // What is indented belongs to an entry of the list, where there is one.
  const isTop = state.hasList ? indent === 0 : indent <= 3;
  const fence = isTop ? /^(?:`{3,}(?=[^`]*$)|~{3,})/.exec(content)?.[0] : undefined;
  const isMarker = indent <= 3 && listMarker.test(content);
  const isFresh = state.isBlank && isTop && !(state.hasList && isMarker);
  if (state.text !== '' && (isFresh || fence !== undefined)) return endedBefore(state, line);
  const end = fence === undefined ? (isTop ? htmlEnd(content) : undefined) : fenceEnd(fence);
  const text = state.text + line;
  return {
    ended: [],
    state: {
      ...{ text, end, isFence: fence !== undefined, isBlank: false },
      hasList: state.hasList || isMarker,
    },
  };
}

function endedBefore({ text }: State, line: string): Step {
  const { ended, state } = afterLine(nothing, line);
  return { ended: [text, ...ended], state };
}

function inRegion(state: State, line: string): Step {
  const text = state.text + line;
  if (!(state.end as RegExp).test(line)) return { ended: [], state: { ...state, text } };
  if (state.isFence) return { ended: [text], state: nothing };
  return { ended: [], state: { ...state, text, end: undefined } };
}

/** Undefined for what opens no region, or one that ends in the same line. */
function htmlEnd(content: string): RegExp | undefined {
  const end = htmlRegions.find(([start]) => start.test(content))?.[1];
  return end?.test(content) ? undefined : end;
}

function fenceEnd(fence: string): RegExp {
  return new RegExp(String.raw`^ {0,3}${fence}${fence[0]}*[ \t]*\n$`);
}
