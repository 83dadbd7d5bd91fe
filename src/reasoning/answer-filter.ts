// What an answer goes through after reasoning was split off: calls of tools become parts of their own, and the text
// ends at the first stop string. Parts that are not answer pass.
import type { ToolCallFormat } from '../formats/index.ts';
import type { ParsedPart, SegmentPart } from './segment-parser.ts';
import { createStopMatcher } from './stop-matcher.ts';
import { createToolCallParser } from './tool-call-parser.ts';

/** A complete call, inside an answer. `arguments` is JSON text that nobody has checked against the tool's schema. */
export type ToolCallPart = {
  readonly type: 'tool-call';
  /** Counted from 0 within the turn. */
  readonly index: number;
  readonly name: string;
  readonly arguments: string;
};

type Filtered = {
  readonly parts: readonly (SegmentPart | ToolCallPart)[];
  /** The stop string that was found; the last part is then the end of the answer. */
  readonly stopped?: string;
};

export type AnswerFilter = {
  readonly push: (parts: readonly ParsedPart[]) => Filtered;
  /** Those come as tokens of their own from here on. */
  readonly expectMarkers: (markers: readonly string[]) => void;
};

/** @param format how the model writes calls; null where it was given no tools. */
export function createAnswerFilter(stop: readonly string[], format: ToolCallFormat | null): AnswerFilter {
  if (stop.length === 0 && format === null) return { push: (parts) => ({ parts }), expectMarkers: () => {} };
  const stops = createStopMatcher(stop);
  const calls = format === null ? undefined : createToolCallParser(format);
  let index = 0;

  const push = (parts: readonly ParsedPart[]): Filtered => {
    const kept: (SegmentPart | ToolCallPart)[] = [];
    const addText = (text: string): void => {
      if (text !== '') kept.push({ type: 'answer-delta', text });
    };
    for (const part of parts) {
      if (part.type !== 'answer-delta' && part.type !== 'answer-end') {
        kept.push(part);
        continue;
      }
      const text = part.type === 'answer-delta' ? part.text : '';
      const items = part.type === 'answer-end' ? calls?.end() : calls?.push(text, 'marker' in part);
      for (const item of items ?? [text]) {
        if (typeof item !== 'string') {
          addText(stops.flush());
          kept.push({ type: 'tool-call', index: index++, ...item });
          continue;
        }
        const found = stops.push(item);
        addText(found.text);
        if (found.stopped !== undefined) {
          kept.push({ type: 'answer-end' });
          return { parts: kept, stopped: found.stopped };
        }
      }
      if (part.type === 'answer-end') {
        addText(stops.flush());
        kept.push(part);
      }
    }
    return { parts: kept };
  };

  return { push, expectMarkers: (markers) => calls?.expectMarkers(markers) };
}
