// Calls of tools in one event or document of a server, in all forms that servers use: docs/serve.md lists them.
import type { CallPiece } from './call-collector.ts';
import { countOf, type Fields, isAbsent, isFields, textOf, UnreadableShape } from './json-fields.ts';

/** @throws UnreadableShape for a call that is there and cannot be read: none is dropped */
export function callPieces({ tool_calls, function_call }: Fields): readonly CallPiece[] {
  if (!isAbsent(tool_calls)) {
    // A single call stands there without a list in text-generation-inference.
    const entries: readonly unknown[] = Array.isArray(tool_calls) ? tool_calls : [tool_calls];
    if (entries.length > 0) return entries.map(pieceOf);
  }
  return isAbsent(function_call) ? [] : [legacyPiece(function_call)];
}

function pieceOf(entry: unknown): CallPiece {
  if (!isFields(entry)) throw new UnreadableShape('tool_calls', entry);
  // Where the call is not wrapped, name and arguments stand beside its id.
  const call = isAbsent(entry.function) ? entry : entry.function;
  if (!isFields(call) || !('name' in call || 'arguments' in call))
    throw new UnreadableShape('tool_calls', entry);
  return {
    index: countOf(entry.index),
    id: typeof entry.id === 'string' ? entry.id : '',
    name: textOf(call.name, 'tool_calls'),
    arguments: argumentsOf(call.arguments, entry),
  };
}

/** How OpenAI wrote the only call before there were several. */
function legacyPiece(call: unknown): CallPiece {
  if (!isFields(call)) throw new UnreadableShape('function_call', call);
  const name = textOf(call.name, 'function_call');
  return { index: 0, id: '', name, arguments: argumentsOf(call.arguments, call) };
}

/** JSON as text, or as the object that it stands for. */
function argumentsOf(value: unknown, entry: Fields): string {
  if (isAbsent(value)) return '';
  if (typeof value === 'string') return value;
  if (!isFields(value)) throw new UnreadableShape('tool_calls', entry);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // Nested deeper than the stack reaches.
    if (cause instanceof RangeError) throw new UnreadableShape('tool_calls', entry);
    throw cause;
  }
}
