// How models write calls of tools in their answers, in the two forms of the vetted families (ToolCallFormat).
import type { ToolCall, ToolCallFormat } from '../formats/index.ts';
import { jsonObjectAt } from './json-object.ts';

export type ToolCallSyntax = {
  readonly begin: string;
  readonly end: string;
  /** What stands before the first call of a group and behind the last one, and says nothing. */
  readonly frame: readonly [string, string] | null;
  /** Markers within a call. */
  readonly inner: readonly string[];
  /** Whether a body that begins like that may become a call. */
  readonly mayBeCall: (body: string) => boolean;
  /** Looks at no more of a body than up to where it ceases to be one, so that many bodies may overlap. */
  readonly parse: (body: string) => ToolCall | undefined;
};

const separator = '<｜tool▁sep｜>';
/** Characters of a tool's name, with room around what clients may name one. */
const longestName = 256;
const fence = '```';

export const toolCallSyntaxes: Readonly<Record<ToolCallFormat, ToolCallSyntax>> = {
  deepseek: {
    begin: '<｜tool▁call▁begin｜>',
    end: '<｜tool▁call▁end｜>',
    frame: ['<｜tool▁calls▁begin｜>', '<｜tool▁calls▁end｜>'],
    inner: [separator],
    mayBeCall: (body) => {
      const from = body.indexOf('<');
      const rest = from < 0 ? '' : body.slice(from, from + separator.length);
      return separator.startsWith(rest);
    },
    parse: (body) => {
      const from = body.indexOf('<');
      if (from < 0 || !body.startsWith(separator, from)) return undefined;
      const behind = body.slice(from + separator.length);
      // DeepSeek V3.1 puts the name first and bare JSON behind it; those before it `function`, the name and a block.
      return bareCall(body.slice(0, from), behind) ?? callInBlock(behind);
    },
  },
  hermes: {
    begin: '<tool_call>',
    end: '</tool_call>',
    frame: null,
    inner: [],
    mayBeCall: (body) => /^\s*(?:\{|$)/.test(body),
    parse: (body) => {
      const found = jsonObjectAt(body, 0);
      if (found === undefined || !isBlank(body.slice(found.end))) return undefined;
      return callOf(found.value.name, found.value.arguments ?? {});
    },
  },
};

/** What a reader of that format looks for. */
export function markersOf(format: ToolCallFormat): readonly string[] {
  const { begin, end, frame, inner } = toolCallSyntaxes[format];
  return [begin, end, ...(frame ?? []), ...inner];
}

function bareCall(name: string, text: string): ToolCall | undefined {
  const found = jsonObjectAt(text, 0);
  if (found === undefined || !isBlank(text.slice(found.end))) return undefined;
  return callOf(name, found.value);
}

/** A name on a line of its own, and JSON, which may stand in a block of code; nothing in its place stands for no arguments. */
function callInBlock(text: string): ToolCall | undefined {
  const line = text.slice(0, longestName).indexOf('\n');
  if (line < 0) return undefined;
  const [opening = ''] = /^```(?:json)?\n/.exec(text.slice(line + 1, line + 10)) ?? [];
  const args = text.slice(line + 1 + opening.length);
  const found = jsonObjectAt(args, 0);
  const rest = found === undefined ? args : args.slice(found.end);
  if (!isBlank(rest) && !isClosing(rest)) return undefined;
  return callOf(text.slice(0, line), found?.value ?? {});
}

function isClosing(text: string): boolean {
  const rest = text.trimStart();
  return rest.startsWith(fence) && isBlank(rest.slice(fence.length));
}

/** Unlike trimming, this looks at nothing behind the first character that is none. */
function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function callOf(name: unknown, args: unknown): ToolCall | undefined {
  if (typeof name !== 'string' || name.trim() === '') return undefined;
  return { name: name.trim(), arguments: typeof args === 'string' ? args : JSON.stringify(args) };
}
