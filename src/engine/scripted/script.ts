// The tokens of a scripted reply, with forced text in its place. After forced text the script goes on behind the next
// `unless` in it, as a model goes on behind the end of its thinking, or where it was if none follows.
import type { EngineEvent, ForcedText } from '../engine.ts';
import { createMarkerWatch } from '../marker-watch.ts';

export type ScriptedToken = Extract<EngineEvent, { type: 'token' }>;

/** Of text that no script has cut into tokens. */
export const charactersPerToken = 4;

/** The next token each time, undefined after the last one. */
export type Script = () => ScriptedToken | undefined;

/** Decides about each token when it is asked for, so that `forced.now` takes effect with the next one. */
export function playScript(tokens: readonly string[], forced: ForcedText | undefined): Script {
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

  const force = ({ text, unless }: ForcedText): void => {
    mayForce = false;
    if (tokens.slice(0, index).join('').includes(unless)) return;
    instead = [
      ...cutText(text).map((piece): ScriptedToken => ({ type: 'token', text: piece, forced: true })),
      ...restOf(tokens.slice(index), unless).map((piece): ScriptedToken => ({ type: 'token', text: piece })),
    ];
  };

  return () => {
    if (mayForce && (told || index === forced?.afterTokens)) force(forced as ForcedText);
    if (instead !== undefined) return instead.shift();
    const text = tokens[index++];
    return text === undefined ? undefined : { type: 'token', text };
  };
}

function restOf(tokens: readonly string[], marker: string): readonly string[] {
  const watch = createMarkerWatch(marker);
  for (const [index, token] of tokens.entries()) {
    const end = watch.push(token);
    if (end === undefined) continue;
    const remainder = token.slice(end);
    return remainder === '' ? tokens.slice(index + 1) : [remainder, ...tokens.slice(index + 1)];
  }
  return tokens;
}

function cutText(text: string): readonly string[] {
  return text.match(new RegExp(`.{1,${charactersPerToken}}`, 'gsu')) ?? [];
}
