// Server-sent events from bytes, after the WHATWG HTML standard, section 9.2.6: any line ending, comments, a byte order
// mark, characters split between chunks. Differs in that ids and retry times are dropped and that size has a limit.

export type ServerSentEvent = { readonly event: string; readonly data: string };

export type SseParser = {
  /** The events that these bytes complete. How the stream was cut into chunks makes no difference. */
  readonly push: (bytes: Uint8Array) => readonly ServerSentEvent[];
  /** Whether the bytes so far end within an event, which is then lost if the stream ends here. */
  readonly isWithinEvent: () => boolean;
};

/**
 * @param mostCharacters of one event, its field names included
 * @param tooLarge throws the error of an event that is larger
 */
export function createSseParser(mostCharacters: number, tooLarge: () => never): SseParser {
  const decoder = new TextDecoder();
  /** The beginning of a line whose end has not come yet. */
  let partial = '';
  /** The last line ended with a carriage return, to which a line feed may still belong. */
  let afterReturn = false;
  let event = '';
  let data: string | undefined;

  const takeLine = (line: string, events: ServerSentEvent[]): void => {
    if (line === '') {
      if (data !== undefined) events.push({ event: event === '' ? 'message' : event, data });
      event = '';
      data = undefined;
      return;
    }
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    if (name !== 'data' && name !== 'event') return;
    const from = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const value = colon < 0 ? '' : line.slice(from);
    if (name === 'event') event = value;
    else data = data === undefined ? value : `${data}\n${value}`;
    if (event.length + (data?.length ?? 0) > mostCharacters) tooLarge();
  };

  return {
    push: (bytes) => {
      const events: ServerSentEvent[] = [];
      let text = decoder.decode(bytes, { stream: true });
      if (text === '') return events;
      if (afterReturn && text.startsWith('\n')) text = text.slice(1);
      afterReturn = false;

      let begin = 0;
      let feed = text.indexOf('\n');
      let carriage = text.indexOf('\r');
      while (feed >= 0 || carriage >= 0) {
        const end = carriage < 0 || (feed >= 0 && feed < carriage) ? feed : carriage;
        takeLine(partial + text.slice(begin, end), events);
        partial = '';
        begin = end + 1;
        if (end === carriage) {
          if (begin === text.length) afterReturn = true;
          else if (feed === begin) begin++;
          carriage = text.indexOf('\r', begin);
        }
        feed = text.indexOf('\n', begin);
      }
      partial += text.slice(begin);
      if (partial.length > mostCharacters) tooLarge();
      return events;
    },
    isWithinEvent: () => partial !== '' || data !== undefined,
  };
}
