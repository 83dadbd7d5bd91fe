// Deltas on their way to a client, as the text of server-sent events. Pieces of one kind that arrive before the buffer
// is taken become one event. Written by concatenation, since this runs for every token.
import type { ChatCompletionDelta } from '../wire/index.ts';

export type DeltaKind = 'reasoning-delta' | 'answer-delta';

export type DeltaBuffer = {
  readonly add: (kind: DeltaKind, text: string) => void;
  /** Characters of text that have not been taken. */
  readonly size: () => number;
  /** The events so far; the buffer is empty afterwards. */
  readonly take: () => string;
};

/** @param head the JSON text of a chunk up to its choices, `{"id":…,"model":…`, without a closing brace. */
export function createDeltaBuffer(head: string): DeltaBuffer {
  const opening = `data: ${head},"choices":[{"index":0,"delta":`;
  const closing = ',"finish_reason":null}]}\n\n';
  const role: ChatCompletionDelta = { role: 'assistant', content: '' };
  let events = `${opening}${JSON.stringify(role)}${closing}`;
  let kind: DeltaKind = 'answer-delta';
  let text = '';

  const seal = (): void => {
    if (text === '') return;
    const json = JSON.stringify(text);
    const delta =
      kind === 'answer-delta' ? `{"content":${json}}` : `{"reasoning_content":${json},"reasoning":${json}}`;
    events += opening + delta + closing;
    text = '';
  };

  return {
    add: (nextKind, nextText) => {
      if (nextKind !== kind) {
        seal();
        kind = nextKind;
      }
      text += nextText;
    },
    size: () => events.length + text.length,
    take: () => {
      seal();
      const taken = events;
      events = '';
      return taken;
    },
  };
}
