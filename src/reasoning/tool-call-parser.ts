// Finds the calls of tools in a streaming answer, in the two forms that vetted families write (ToolCallFormat). What
// does not parse as a call comes out as the text it is, so that an answer can speak of markers and nothing is lost. White
// space around calls is dropped. Where the vocabulary has the markers as tokens, only those tokens are looked at.
import type { ToolCall, ToolCallFormat } from '../formats/index.ts';
import { longestBeginning } from './stop-matcher.ts';
import { type ToolCallSyntax, toolCallSyntaxes } from './tool-call-syntax.ts';

type Item = string | ToolCall;

export type ToolCallParser = {
  /**
   * Text that belongs to the answer, and calls that are complete, in their order.
   *
   * @param isMarker the text is a marker as a token of its own
   */
  readonly push: (text: string, isMarker?: boolean) => readonly Item[];
  /** No more text follows. A call whose end is missing counts where it is whole otherwise: models stop behind it. */
  readonly end: () => readonly Item[];
  /** Those come as tokens of their own; called before the first text. */
  readonly expectMarkers: (markers: readonly string[]) => void;
};

/** A parser for the answer of one turn. */
export function createToolCallParser(format: ToolCallFormat): ToolCallParser {
  const syntax = toolCallSyntaxes[format];
  let reader = readText(syntax);
  return {
    push: (text, isMarker = false) => reader.push(text, isMarker),
    end: () => reader.end(),
    expectMarkers: (markers) => {
      if (markers.includes(syntax.begin) && markers.includes(syntax.end)) reader = readTokens(syntax);
    },
  };
}

type Reader = {
  readonly push: (text: string, isMarker: boolean) => readonly Item[];
  readonly end: () => readonly Item[];
};

/** Text as it is given out: white space behind a call is dropped. */
function createTextGiver(): {
  readonly give: (text: string) => readonly string[];
  readonly call: () => void;
} {
  let behindCall = false;
  return {
    give: (text) => {
      const given = behindCall ? text.trimStart() : text;
      if (given === '') return [];
      behindCall = false;
      return [given];
    },
    call: () => {
      behindCall = true;
    },
  };
}

/** Markers are tokens. */
function readTokens({ begin, end, frame, parse }: ToolCallSyntax): Reader {
  const { give, call } = createTextGiver();
  /** Text that is not given out yet; within a call, what stands before it and its body. */
  let held = '';
  let gap: string | undefined;

  /** What is held but for the white space at its end, which a call may follow. */
  const giveText = (): readonly Item[] => {
    const text = held.trimEnd();
    held = held.slice(text.length);
    return give(text);
  };

  const close = (ending: string): readonly Item[] => {
    const found = parse(held);
    const text = `${gap}${begin}${held}${ending}`;
    held = '';
    gap = undefined;
    if (found === undefined) return give(text);
    call();
    return [found];
  };

  return {
    push: (text, isMarker) => {
      if (gap !== undefined) {
        if (isMarker && text === end) return close(end);
        held += text;
        return [];
      }
      if (isMarker && text === begin) {
        const given = giveText();
        gap = held;
        held = '';
        return given;
      }
      if (isMarker && frame?.includes(text)) {
        const given = giveText();
        held = '';
        call();
        return given;
      }
      const isMoreSpace = held !== '' && isSpace(text);
      held += text;
      return isMoreSpace ? [] : giveText();
    },
    end: () => {
      const rest = gap === undefined ? give(held) : close('');
      held = '';
      return rest;
    },
  };
}

/** Markers are text: one that is not part of a call, or behind one, belongs to the answer. */
function readText({ begin, end, frame, mayBeCall, parse }: ToolCallSyntax): Reader {
  const { give, call } = createTextGiver();
  const markers = [begin, ...(frame ?? [])];
  const marked = new RegExp(markers.join('|'));
  let held = '';
  let behindCall = false;
  /** How much of `held` was searched for the end of a call, and where one is that was found and not come to yet. */
  let searched = 0;
  let endAt = -1;
  /** `held` is looked at again from this length on, or when the end of a call may be in it. */
  let lookAt = 0;
  /** The last piece, and as much before it as an end may have begun in. */
  let recent = '';

  /** Takes the beginning of what is held. */
  const take = (length: number): string => {
    const taken = held.slice(0, length);
    held = held.slice(length);
    searched = Math.max(0, searched - length);
    endAt = Math.max(-1, endAt - length);
    lookAt = 0;
    return taken;
  };

  const giveText = (length: number): readonly string[] => {
    const text = give(take(length));
    if (text.length > 0) behindCall = false;
    return text;
  };

  /** The next item or text; undefined while it depends on what follows. */
  const next = (last: boolean): readonly Item[] | undefined => {
    const marker = firstOf(marked, held);
    if (marker === undefined) return undefined;
    const literal = (): readonly Item[] => giveText(marker.index + marker.text.length);
    const before = held.slice(0, marker.index);
    if (marker.text === frame?.[1]) {
      if (!behindCall || before.trim() !== '') return literal();
      take(marker.index + marker.text.length);
      return [];
    }
    let bodyAt = marker.index + marker.text.length;
    if (marker.text !== begin) {
      const rest = held.slice(bodyAt);
      const opening = rest.trimStart();
      if (!opening.startsWith(begin)) return !last && begin.startsWith(opening) ? undefined : literal();
      bodyAt += rest.length - opening.length + begin.length;
    }
    if (endAt < bodyAt) {
      endAt = held.indexOf(end, Math.max(bodyAt, searched - end.length));
      if (endAt < 0) searched = held.length;
    }
    const isEnded = endAt >= bodyAt;
    const body = held.slice(bodyAt, isEnded ? endAt : undefined);
    if (!isEnded && !last) {
      lookAt = held.length < alwaysLookedAt ? 0 : 2 * held.length;
      return mayBeCall(body) ? undefined : literal();
    }
    const parsed = parse(body);
    if (parsed === undefined) return literal();
    const text = give(take(isEnded ? endAt + end.length : held.length).slice(0, before.trimEnd().length));
    behindCall = true;
    call();
    return [...text, parsed];
  };

  const drain = (last: boolean): readonly Item[] => {
    const found: Item[] = [];
    for (let items = next(last); items !== undefined; items = next(last)) found.push(...items);
    const marker = firstOf(marked, held);
    const certain = marker?.index ?? held.length - (last ? 0 : longestBeginning(held, markers));
    const length = last ? certain : held.slice(0, certain).trimEnd().length;
    if (length > 0) found.push(...giveText(length));
    return found;
  };

  return {
    push: (text) => {
      // Where white space was held back, more of it changes nothing.
      const isMoreSpace = held !== '' && isSpace(recent.slice(-1)) && isSpace(text);
      held += text;
      recent = (recent + text).slice(-(text.length + end.length - 1));
      if (isMoreSpace || (held.length < lookAt && !recent.includes(end))) return [];
      return drain(false);
    },
    end: () => drain(true),
  };
}

/** A call that is longer is looked at when it has doubled, so that all looks together take as long as the last one. */
const alwaysLookedAt = 256;

function isSpace(text: string): boolean {
  return text.trim() === '';
}

function firstOf(
  marked: RegExp,
  text: string,
): { readonly text: string; readonly index: number } | undefined {
  const found = marked.exec(text);
  return found === null ? undefined : { text: found[0], index: found.index };
}
