// Calls of tools out of the pieces in which servers stream them: the name first, then the arguments as JSON text that is
// cut anywhere. A call is given out whole, when the reply has ended.
import type { EngineEvent } from '../engine.ts';

/** A part of one call, as it stands in one event of a server. */
export type CallPiece = {
  /** Which call it belongs to. Absent where a server sends calls in one piece. */
  readonly index: number | undefined;
  readonly name: string;
  readonly arguments: string;
};

export type CallCollector = {
  readonly push: (piece: CallPiece) => void;
  /** In the order in which they were begun. */
  readonly calls: () => readonly Extract<EngineEvent, { readonly type: 'tool-call' }>[];
};

/** @see CallCollector */
export function createCallCollector(): CallCollector {
  const begun = new Map<number, { name: string; text: string }>();
  let latest = -1;
  return {
    push: (piece) => {
      latest = piece.index ?? (piece.name === '' ? Math.max(latest, 0) : begun.size);
      const call = begun.get(latest) ?? { name: '', text: '' };
      begun.set(latest, call);
      // Some servers repeat the name in every piece.
      call.name ||= piece.name;
      call.text += piece.arguments;
    },
    calls: () =>
      [...begun.values()].map(({ name, text }) => ({
        type: 'tool-call',
        name,
        arguments: text === '' ? '{}' : text,
      })),
  };
}
