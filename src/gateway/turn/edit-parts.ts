// What is changed about the parts of a turn on their way to a dialect, for the few requests that need it.
import type { Prefill, StreamPart } from '../../reasoning/index.ts';

/** Called with the parts in their order; holds state of one turn. */
export type PartEditor = (parts: readonly StreamPart[]) => readonly StreamPart[];

/** The same stream with its parts edited; lists that become empty are left out. */
export async function* editParts(
  batches: AsyncIterable<readonly StreamPart[]>,
  edit: PartEditor,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  for await (const parts of batches) {
    const edited = edit(parts);
    if (edited.length > 0) yield edited;
  }
}

/** Takes the beginning that the client wrote itself out of what it is sent. White space at its start never comes back. */
export function dropPrefill({ reasoning = '', answer = '' }: Prefill): PartEditor {
  const left = {
    'reasoning-delta': reasoning.trimStart().length,
    'answer-delta': answer.trimStart().length,
  };
  return (parts) =>
    parts.flatMap((part): readonly StreamPart[] => {
      if (part.type !== 'reasoning-delta' && part.type !== 'answer-delta') return [part];
      const dropped = Math.min(left[part.type], part.text.length);
      if (dropped === 0) return [part];
      left[part.type] -= dropped;
      return dropped === part.text.length ? [] : [{ ...part, text: part.text.slice(dropped) }];
    });
}

/** Leaves out every call behind the first one. */
export function firstCallOnly(): PartEditor {
  return (parts) => parts.filter((part) => part.type !== 'tool-call' || part.index === 0);
}
