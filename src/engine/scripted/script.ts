// The tokens of a scripted reply, with forced text in its place. After forced text the script goes on behind the next
// `unless` in it, as a model goes on behind the end of its thinking, or where it was if none follows.
import type { EngineEvent, ForcedText } from '../engine.ts';
import { createMarkerDetector } from '../marker-detector.ts';

export type ScriptedToken = Extract<EngineEvent, { type: 'token' }>;

/** Of text that no script has cut into tokens. */
export const charactersPerToken = 4;

/** The next token each time, undefined after the last one. */
export type Script = () => ScriptedToken | undefined;

/**
 * Decides about each token when it is asked for, so that `forced.now` takes effect with the next one.
 *
 * @param markers texts that are tokens of their own; absent where that is not known
 */
export function playScript(
  tokens: readonly string[],
  forced: ForcedText | undefined,
  markers?: readonly string[],
): Script {
  let index = 0;
  let told = forced?.now?.aborted === true;
  forced?.now?.addEventListener(
    'abort',
    () => {
      told = true;
    },
    { once: true },
  );
  /** Forced text and what comes after it. */
  let instead: ScriptedToken[] | undefined;
  let mayForce = forced !== undefined;
  const tokenOf = (text: string): ScriptedToken =>
    markers?.includes(text) ? { type: 'token', text, marker: true } : { type: 'token', text };

  const force = ({ text, unless }: ForcedText): void => {
    mayForce = false;
    const asToken = markers?.includes(unless) === true;
    if (endOfMarker(tokens.slice(0, index), unless, asToken) !== undefined) return;
    instead = [
      ...cutText(text, markers).map((piece): ScriptedToken => ({ ...tokenOf(piece), forced: true })),
      ...restOf(tokens.slice(index), unless, asToken).map(tokenOf),
    ];
  };

  return () => {
    if (mayForce && (told || index === forced?.afterTokens)) force(forced as ForcedText);
    if (instead !== undefined) return instead.shift();
    const text = tokens[index++];
    return text === undefined ? undefined : tokenOf(text);
  };
}

/** The number of the token in which the marker ends, and how much of it belongs to the marker or lies before it. */
function endOfMarker(
  tokens: readonly string[],
  marker: string,
  asToken: boolean,
): { readonly index: number; readonly end: number } | undefined {
  const detector = createMarkerDetector(marker, asToken);
  for (const [index, token] of tokens.entries()) {
    const end = detector.push(token, token === marker);
    if (end !== undefined) return { index, end };
  }
  return undefined;
}

function restOf(tokens: readonly string[], marker: string, asToken: boolean): readonly string[] {
  const found = endOfMarker(tokens, marker, asToken);
  if (found === undefined) return tokens;
  const remainder = tokens[found.index]!.slice(found.end);
  const others = tokens.slice(found.index + 1);
  return remainder === '' ? others : [remainder, ...others];
}

/** Markers whole, everything else in pieces. */
function cutText(text: string, markers: readonly string[] = []): readonly string[] {
  const first = markers
    .map((marker) => ({ marker, index: text.indexOf(marker) }))
    .filter(({ index }) => index >= 0)
    .sort((one, other) => one.index - other.index)[0];
  const plain = first === undefined ? text : text.slice(0, first.index);
  const pieces = plain.match(new RegExp(`.{1,${charactersPerToken}}`, 'gsu')) ?? [];
  if (first === undefined) return pieces;
  return [...pieces, first.marker, ...cutText(text.slice(first.index + first.marker.length), markers)];
}
