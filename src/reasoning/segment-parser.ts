// Splits a completion into reasoning and answer while it streams in, at the control tags `<think>` and `</think>`.
// Pure: text in, parts out, and the parts of a text do not depend on how it was cut into chunks. It does not cover a
// model that thinks without ever opening the tag: what has been streamed as answer cannot be taken back.

export type Segment = 'reasoning' | 'answer';

export type SegmentPart =
  | { readonly type: 'reasoning-start' | 'reasoning-end' | 'answer-start' | 'answer-end' }
  | { readonly type: 'reasoning-delta' | 'answer-delta'; readonly text: string };

/**
 * How thinking went: `none` was never begun, `empty` held only white space, `closed` ended with its tag, `unclosed`
 * was cut off, so that the end of the text belongs to the reasoning and there is no answer after it.
 */
export type ThinkingOutcome = 'none' | 'empty' | 'closed' | 'unclosed';

export type SegmentParser = {
  /** With a segment, the text belongs there whatever tags stand in it, as a server has said that splits by itself. */
  readonly push: (text: string, segment?: Segment) => readonly SegmentPart[];
  /** No more text follows: what was held back, and the end of the open segment. */
  readonly end: () => readonly SegmentPart[];
  /** The segment that the next character falls into. */
  readonly segment: () => Segment;
  /** The text so far ends in what may be the beginning of a tag. */
  readonly holdsBack: () => boolean;
  /** A think block has ended, so that what follows it was answer at least once. */
  readonly hasClosed: () => boolean;
  /** From here on all text is answer; tags in it are dropped. For what follows a block that was closed by force. */
  readonly answerOnly: () => void;
  readonly thinking: () => ThinkingOutcome;
};

const tag = /<\/?think>/;
const tags: readonly string[] = ['<think>', '</think>'];
/** Between two segments of the same kind, so that joining all deltas of a kind gives readable text. */
const segmentSeparator = '\n\n';

/**
 * A parser that begins in the segment where the rendered prompt ends.
 *
 * Every tag ends a segment, wherever it stands: `<think>` begins reasoning, also inside the answer; `</think>` begins
 * the answer. White space next to a tag and at the start is dropped. A segment without text gives no parts.
 */
export function createSegmentParser(start: Segment): SegmentParser {
  let segment = start;
  /** Text of the current segment has been given out. */
  let open = false;
  /** White space that counts only if text and not a tag follows it. */
  let heldSpace = '';
  /** The tail of the text so far, where it may be the beginning of a tag. */
  let heldTag = '';
  let thought = start === 'reasoning';
  let closed = false;
  let settled = false;
  const hasText = { reasoning: false, answer: false };

  const emit = (parts: SegmentPart[], text: string): void => {
    const end = text.trimEnd().length;
    if (end === 0) {
      heldSpace += text;
      return;
    }
    let body = text.slice(0, end);
    if (open) {
      body = heldSpace + body;
    } else {
      body = (hasText[segment] ? segmentSeparator : '') + body.trimStart();
      parts.push({ type: `${segment}-start` });
      open = true;
      hasText[segment] = true;
    }
    heldSpace = text.slice(end);
    parts.push({ type: `${segment}-delta`, text: body });
  };

  const close = (parts: SegmentPart[]): void => {
    if (open) parts.push({ type: `${segment}-end` });
    open = false;
    heldSpace = '';
  };

  const begin = (parts: SegmentPart[], next: Segment): void => {
    if (settled) return;
    close(parts);
    closed ||= segment === 'reasoning' && next === 'answer';
    segment = next;
    thought ||= next === 'reasoning';
  };

  return {
    push: (text, given) => {
      const parts: SegmentPart[] = [];
      if (given !== undefined) {
        if (given !== segment) begin(parts, given);
        emit(parts, text);
        return parts;
      }
      let rest = heldTag + text;
      for (let found = tag.exec(rest); found !== null; found = tag.exec(rest)) {
        emit(parts, rest.slice(0, found.index));
        begin(parts, found[0] === '<think>' ? 'reasoning' : 'answer');
        rest = rest.slice(found.index + found[0].length);
      }
      heldTag = beginningOfTag(rest);
      emit(parts, rest.slice(0, rest.length - heldTag.length));
      return parts;
    },
    end: () => {
      const parts: SegmentPart[] = [];
      emit(parts, heldTag);
      heldTag = '';
      if (open && heldSpace !== '') parts.push({ type: `${segment}-delta`, text: heldSpace });
      close(parts);
      return parts;
    },
    segment: () => segment,
    holdsBack: () => heldTag !== '',
    hasClosed: () => closed,
    answerOnly: () => {
      settled = true;
    },
    thinking: () => {
      if (!thought) return 'none';
      if (segment === 'reasoning') return 'unclosed';
      return hasText.reasoning ? 'closed' : 'empty';
    },
  };
}

/** The end of the text, if it could be the beginning of a tag. A tag holds one `<`, so the last one decides. */
function beginningOfTag(text: string): string {
  const from = text.lastIndexOf('<');
  if (from < 0) return '';
  const tail = text.slice(from);
  return tags.some((whole) => whole.startsWith(tail)) ? tail : '';
}
