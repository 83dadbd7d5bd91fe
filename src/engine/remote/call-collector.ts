// Calls of tools out of the pieces in which servers stream them: the name first, then the arguments as JSON text that is
// cut anywhere. A call is given out complete, when the reply has ended.
import type { EngineEvent } from '../engine.ts';

/** A part of one call, as it stands in one event of a server. */
export type CallPiece = {
  /** Which call it belongs to. Absent where a server sends calls in one piece. */
  readonly index: number | undefined;
  /** Empty where the piece has none. */
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
};

export type CallCollector = {
  readonly push: (piece: CallPiece) => void;
  /** In the order in which they were begun. */
  readonly calls: () => readonly Extract<EngineEvent, { readonly type: 'tool-call' }>[];
};

type BegunCall = { id: string; name: string; text: string; readonly balance: Balance };

/** @see CallCollector */
export function createCallCollector(): CallCollector {
  const begun: BegunCall[] = [];
  /** The call that a number stands for at this moment. */
  const numbered = new Map<number, BegunCall>();
  let latest: BegunCall | undefined;

  const begin = (): BegunCall => {
    const call = { id: '', name: '', text: '', balance: createBalance() };
    begun.push(call);
    return call;
  };

  return {
    push: (piece) => {
      const known = piece.index === undefined ? latest : numbered.get(piece.index);
      const call = known !== undefined && continues(known, piece) ? known : begin();
      if (piece.index !== undefined) numbered.set(piece.index, call);
      latest = call;
      // Some servers repeat the name in every piece.
      call.name ||= piece.name;
      call.id ||= piece.id;
      call.text += piece.arguments;
      call.balance.push(piece.arguments);
    },
    calls: () =>
      begun.map(({ name, text }) => ({
        type: 'tool-call',
        name,
        arguments: text === '' ? '{}' : unwrapped(text),
      })),
  };
}

/**
 * Whether a piece belongs to the call that its number, or the lack of one, points at. Some servers give every call the
 * number 0 and some none at all, some repeat the name in every piece, and some make up an id for each: another call is
 * one that names another id or comes once the arguments are complete.
 */
function continues(call: BegunCall, { index, id, name, arguments: text }: CallPiece): boolean {
  if (name === '' || call.name === '') return true;
  if (index === undefined) return id !== '' && id === call.id && !call.balance.isComplete();
  if (id !== '' && call.id !== '') return id === call.id;
  return text === '' || !call.balance.isComplete();
}

type Balance = { readonly push: (text: string) => void; readonly isComplete: () => boolean };

/** Whether brackets that were opened are closed again, each character looked at once however many pieces there are. */
function createBalance(): Balance {
  let depth = 0;
  let opened = false;
  let inString = false;
  let escaped = false;
  return {
    push: (text) => {
      for (const character of text) {
        if (escaped) escaped = false;
        else if (inString && character === '\\') escaped = true;
        else if (character === '"') inString = !inString;
        else if (inString) continue;
        else if (character === '{' || character === '[') depth++;
        else if (character === '}' || character === ']') depth--;
        opened ||= depth > 0;
      }
    },
    isComplete: () => opened && depth <= 0 && !inString,
  };
}

/** Arguments that were written as JSON twice, as a string that holds the object. */
function unwrapped(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const inner: unknown = JSON.parse(text);
    if (typeof inner !== 'string') return text;
    const value: unknown = JSON.parse(inner);
    return typeof value === 'object' && value !== null ? inner : text;
  } catch {
    return text;
  }
}
