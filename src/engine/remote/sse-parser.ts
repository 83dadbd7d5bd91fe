// Server-sent events from bytes, after the WHATWG HTML standard, section 9.2.6: any line ending, comments, a byte order
// mark, characters split between chunks. Differs in that ids and retry times are dropped and that size has a limit. Bytes
// become text at line ends only, where no character is cut, so that no decoder has to keep state.

export type ServerSentEvent = { readonly event: string; readonly data: string };

export type SseParser = {
  /** The events that these bytes complete. How the stream was cut into chunks makes no difference. */
  readonly push: (bytes: Uint8Array) => readonly ServerSentEvent[];
  /** Whether the bytes so far end within an event, which is then lost if the stream ends here. */
  readonly isWithinEvent: () => boolean;
};

const lineFeed = 10;
const carriageReturn = 13;

/**
 * @param mostCharacters of one event, its field names included; of a line that has not ended yet, bytes
 * @param tooLarge throws the error of an event that is larger
 */
export function createSseParser(mostCharacters: number, tooLarge: () => never): SseParser {
  /** The beginning of a line whose end has not come yet. */
  let partial: Uint8Array[] = [];
  let partialBytes = 0;
  /** The last line ended with a carriage return, to which a line feed may still belong. */
  let afterReturn = false;
  let begun = false;
  let event = '';
  let data: string | undefined;

  const takeLine = (text: string, begin: number, end: number, events: ServerSentEvent[]): void => {
    if (begin === end) {
      if (data !== undefined) events.push({ event: event === '' ? 'message' : event, data });
      event = '';
      data = undefined;
      return;
    }
    const line = text.slice(begin, end);
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    if (name !== 'data' && name !== 'event') return;
    const from = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const value = colon < 0 ? '' : line.slice(from);
    if (name === 'event') event = value;
    else data = data === undefined ? value : `${data}\n${value}`;
    if (event.length + (data?.length ?? 0) > mostCharacters) tooLarge();
  };

  /** The text of all whole lines so far; what follows them is kept. */
  const wholeLines = (bytes: Uint8Array): string => {
    const end = endOfLines(bytes);
    const rest = end === 0 ? bytes : bytes.subarray(end);
    let whole = bytes.subarray(0, end);
    if (end > 0 && partialBytes > 0) whole = Buffer.concat([...partial, whole]);
    if (end > 0) {
      partial = [];
      partialBytes = 0;
    }
    if (rest.length > 0) {
      partial.push(rest);
      partialBytes += rest.length;
    }
    if (partialBytes > mostCharacters) tooLarge();
    const text = textOf(whole);
    if (begun || text === '') return text;
    begun = true;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  };

  return {
    push: (bytes) => {
      const events: ServerSentEvent[] = [];
      const text = wholeLines(bytes);
      if (text === '') return events;
      let begin = afterReturn && text.startsWith('\n') ? 1 : 0;
      afterReturn = false;
      let feed = text.indexOf('\n', begin);
      let carriage = text.indexOf('\r', begin);
      while (feed >= 0 || carriage >= 0) {
        const end = carriage < 0 || (feed >= 0 && feed < carriage) ? feed : carriage;
        takeLine(text, begin, end, events);
        begin = end + 1;
        if (end === carriage) {
          if (begin === text.length) afterReturn = true;
          else if (feed === begin) begin++;
          carriage = text.indexOf('\r', begin);
        }
        feed = text.indexOf('\n', begin);
      }
      return events;
    },
    isWithinEvent: () => partialBytes > 0 || data !== undefined,
  };
}

/** Behind the last line that is whole. Most pieces end with one. */
function endOfLines(bytes: Uint8Array): number {
  const last = bytes[bytes.length - 1];
  if (last === lineFeed || last === carriageReturn) return bytes.length;
  return Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn)) + 1;
}

function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.toString('utf8');
}
