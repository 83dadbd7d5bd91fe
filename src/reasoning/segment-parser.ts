// Splits a completion into reasoning and answer while it streams in, at the tags `<think>` and `</think>`. Where they are
// tokens of the vocabulary only those tokens are tags, and the same characters are text. Where that is not known a block
// has one place, before everything else: it may begin there, the first closing tag ends it, and what comes after an answer
// has begun is text, so that an answer can speak of tags. Pure: the parts of a text do not depend on how it was cut into
// chunks. Not covered: a closing tag that a model without such tokens writes into its reasoning as text.

export type Segment = 'reasoning' | 'answer';

export type SegmentPart =
  | { readonly type: 'reasoning-start' | 'reasoning-end' | 'answer-start' | 'answer-end' }
  | { readonly type: 'reasoning-delta' | 'answer-delta'; readonly text: string };

/** What comes out of the parser: in an answer, a token that is a marker of something else stands for itself. */
export type ParsedPart =
  | SegmentPart
  | { readonly type: 'answer-delta'; readonly text: string; readonly marker: true };

/**
 * How thinking went: `none` was never begun, `empty` held only white space, `closed` ended with its tag, `unclosed`
 * was cut off, so that the end of the text belongs to the reasoning and there is no answer after it.
 */
export type ThinkingOutcome = 'none' | 'empty' | 'closed' | 'unclosed';

export type SegmentParser = {
  /** With a segment, the text belongs there whatever tags stand in it, as a server has said that splits by itself. */
  readonly push: (text: string, segment?: Segment) => readonly ParsedPart[];
  /** A marker that came as a token of its own: a tag, or what others look for. */
  readonly pushMarker: (marker: string) => readonly ParsedPart[];
  /** What was written in place of the model: every tag in it counts. */
  readonly pushTemplate: (text: string) => readonly ParsedPart[];
  /** No more text follows: what was held back, and the end of the open segment. */
  readonly end: () => readonly ParsedPart[];
  /** From here on tags come as markers, and none is looked for in text. */
  readonly expectMarkers: () => void;
  /** The segment that the next character falls into. */
  readonly segment: () => Segment;
  /** The text so far ends in what may be the beginning of a tag. */
  readonly holdsBack: () => boolean;
  /** A think block has ended, so that what follows it was answer at least once. */
  readonly hasClosed: () => boolean;
  /** From here on all text is answer; tags are dropped. For what follows a block that was closed by force. */
  readonly answerOnly: () => void;
  readonly thinking: () => ThinkingOutcome;
};

const tag = /<\/?think>/;
export const thinkTags: readonly string[] = ['<think>', '</think>'];
/** Between two segments of the same kind, so that joining all deltas of a kind gives readable text. */
const segmentSeparator = '\n\n';

/**
 * A parser that begins in the segment where the rendered prompt ends.
 *
 * A tag ends a segment: `<think>` begins reasoning, `</think>` begins the answer. White space next to a tag and at the
 * start is dropped. A segment without text gives no parts.
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
  let asMarkers = false;
  const hasText = { reasoning: false, answer: false };

  const emit = (parts: ParsedPart[], text: string): void => {
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

  const close = (parts: ParsedPart[]): void => {
    if (open) parts.push({ type: `${segment}-end` });
    open = false;
    heldSpace = '';
  };

  const begin = (parts: ParsedPart[], next: Segment): void => {
    if (settled) return;
    close(parts);
    closed ||= segment === 'reasoning' && next === 'answer';
    segment = next;
    thought ||= next === 'reasoning';
  };

  const takeTag = (parts: ParsedPart[], text: string): void =>
    begin(parts, text === '<think>' ? 'reasoning' : 'answer');

  /** Whether that text would be a tag, here. */
  const isTagHere = (text: string): boolean =>
    segment === 'answer' ? !hasText.answer : text === '</think>' || !open;

  const takeText = (parts: ParsedPart[], text: string): void => {
    let rest = heldTag + text;
    heldTag = '';
    for (let found = tag.exec(rest); found !== null; found = tag.exec(rest)) {
      emit(parts, rest.slice(0, found.index));
      if (isTagHere(found[0])) takeTag(parts, found[0]);
      else emit(parts, found[0]);
      rest = rest.slice(found.index + found[0].length);
    }
    if (segment === 'reasoning' || !hasText.answer) heldTag = beginningOfTag(rest);
    emit(parts, rest.slice(0, rest.length - heldTag.length));
  };

  return {
    push: (text, given) => {
      const parts: ParsedPart[] = [];
      if (given !== undefined && given !== segment) begin(parts, given);
      if (given === undefined && !asMarkers) takeText(parts, text);
      else emit(parts, text);
      return parts;
    },
    pushMarker: (marker) => {
      const parts: ParsedPart[] = [];
      if (thinkTags.includes(marker)) {
        takeTag(parts, marker);
        return parts;
      }
      if (segment === 'reasoning') {
        emit(parts, marker);
        return parts;
      }
      if (!open) parts.push({ type: 'answer-start' });
      else if (heldSpace !== '') parts.push({ type: 'answer-delta', text: heldSpace });
      heldSpace = '';
      open = true;
      hasText.answer = true;
      parts.push({ type: 'answer-delta', text: marker, marker: true });
      return parts;
    },
    pushTemplate: (text) => {
      const parts: ParsedPart[] = [];
      emit(parts, heldTag);
      heldTag = '';
      for (const piece of text.split(/(<\/?think>)/)) {
        if (thinkTags.includes(piece)) takeTag(parts, piece);
        else emit(parts, piece);
      }
      return parts;
    },
    end: () => {
      const parts: ParsedPart[] = [];
      emit(parts, heldTag);
      heldTag = '';
      if (open && heldSpace !== '') parts.push({ type: `${segment}-delta`, text: heldSpace });
      close(parts);
      return parts;
    },
    expectMarkers: () => {
      asMarkers = true;
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
  return thinkTags.some((whole) => whole.startsWith(tail)) ? tail : '';
}
