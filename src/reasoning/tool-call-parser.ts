// Finds the calls of tools in a streaming answer, in the two forms that vetted families write (ToolCallFormat). What
// does not parse as a call comes out as the text it is, so that nothing is lost. White space around calls is dropped.
import type { ToolCall, ToolCallFormat } from '../formats/index.ts';
import { longestBeginning } from './stop-matcher.ts';

export type ToolCallParser = {
  /** Text that belongs to the answer, and calls that are complete, in their order. */
  readonly push: (text: string) => readonly (string | ToolCall)[];
  /** No more text follows. A call whose end is missing counts where it is whole otherwise: models stop behind it. */
  readonly end: () => readonly (string | ToolCall)[];
};

type Syntax = {
  readonly begin: string;
  readonly end: string;
  /** Stand around a group of calls and say nothing. */
  readonly frames: readonly string[];
  readonly parse: (body: string) => ToolCall | undefined;
};

const syntaxes: Readonly<Record<ToolCallFormat, Syntax>> = {
  deepseek: {
    begin: '<｜tool▁call▁begin｜>',
    end: '<｜tool▁call▁end｜>',
    frames: ['<｜tool▁calls▁begin｜>', '<｜tool▁calls▁end｜>'],
    parse: (body) => {
      const found = /^[^<]*<｜tool▁sep｜>([^\n]+)\n(?:```(?:json)?\n)?([\s\S]*?)(?:\n```)?$/.exec(
        body.trim(),
      );
      return found === null ? undefined : callOf(found[1], jsonOf(found[2] as string));
    },
  },
  hermes: {
    begin: '<tool_call>',
    end: '</tool_call>',
    frames: [],
    parse: (body) => {
      const value = jsonOf(body);
      return value === undefined ? undefined : callOf(value.name, value.arguments ?? {});
    },
  },
};

/** A parser for the answer of one turn. */
export function createToolCallParser(format: ToolCallFormat): ToolCallParser {
  const { begin, end, frames, parse } = syntaxes[format];
  const markers = [begin, ...frames];
  let held = '';
  let inCall = false;
  let afterMarker = false;

  const textBefore = (until: number): readonly string[] => {
    const text = afterMarker ? held.slice(0, until).trimStart() : held.slice(0, until);
    held = held.slice(until);
    if (text !== '') afterMarker = false;
    return text === '' ? [] : [text];
  };

  const next = (): readonly (string | ToolCall)[] | undefined => {
    if (inCall) {
      const length = held.indexOf(end);
      if (length < 0) return undefined;
      const body = held.slice(0, length);
      held = held.slice(length + end.length);
      inCall = false;
      return [parse(body) ?? begin + body + end];
    }
    const marker = firstOf(markers, held);
    if (marker !== undefined) {
      const text = textBefore(held.slice(0, marker.index).trimEnd().length);
      held = held.trimStart().slice(marker.text.length);
      inCall = marker.text === begin;
      afterMarker = true;
      return text;
    }
    return undefined;
  };

  const drain = (): (string | ToolCall)[] => {
    const found: (string | ToolCall)[] = [];
    for (let items = next(); items !== undefined; items = next()) found.push(...items);
    return found;
  };

  return {
    push: (text) => {
      held += text;
      const found = drain();
      if (inCall) return found;
      const certain = held.slice(0, held.length - longestBeginning(held, markers)).trimEnd().length;
      found.push(...textBefore(certain));
      return found;
    },
    end: () => {
      const found = drain();
      if (inCall) found.push(parse(held) ?? begin + held);
      else found.push(...textBefore(held.length));
      held = '';
      inCall = false;
      return found;
    },
  };
}

function firstOf(
  markers: readonly string[],
  text: string,
): { readonly text: string; readonly index: number } | undefined {
  return markers
    .map((marker) => ({ text: marker, index: text.indexOf(marker) }))
    .filter(({ index }) => index >= 0)
    .sort((one, other) => one.index - other.index)[0];
}

type JsonObject = Readonly<Record<string, unknown>>;

function jsonOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function callOf(name: unknown, args: unknown): ToolCall | undefined {
  if (typeof name !== 'string' || name.trim() === '' || args === undefined) return undefined;
  return { name: name.trim(), arguments: typeof args === 'string' ? args : JSON.stringify(args) };
}
