// What a model has written of its reply, as the end of a prompt that goes on behind it: its think tags count, nothing else
// in it does.
import type { PromptPiece } from '../formats/index.ts';
import { textPieces } from './prefill.ts';
import { createTextStore } from './text-store.ts';

export type WrittenReply = {
  readonly add: (text: string) => void;
  /** A marker that came as a token of its own. */
  readonly addMarker: (text: string) => void;
  /** From here on tags come as markers; otherwise those before everything else are taken for tags. */
  readonly expectMarkers: () => void;
  readonly text: () => string;
  readonly pieces: () => readonly PromptPiece[];
};

const leadingTags = /^(?:\s*<\/?think>)+/;

/** @see WrittenReply */
export function createWrittenReply(): WrittenReply {
  const whole = createTextStore();
  const markers: { readonly text: string; readonly at: number }[] = [];
  let length = 0;
  let asMarkers = false;
  const add = (text: string): void => {
    whole.add(text);
    length += text.length;
  };
  return {
    add,
    addMarker: (text) => {
      markers.push({ text, at: length });
      add(text);
    },
    expectMarkers: () => {
      asMarkers = true;
    },
    text: whole.text,
    pieces: () => {
      const text = whole.text();
      if (!asMarkers) {
        const head = leadingTags.exec(text)?.[0] ?? '';
        const pieces = head === '' ? [] : [{ text: head, special: true }];
        return [...pieces, ...textPieces(text.slice(head.length))];
      }
      const pieces: PromptPiece[] = [];
      let from = 0;
      for (const marker of markers) {
        pieces.push(...textPieces(text.slice(from, marker.at)), { text: marker.text, special: true });
        from = marker.at + marker.text.length;
      }
      return [...pieces, ...textPieces(text.slice(from))];
    },
  };
}
