// The tokens of a scripted reply, with forced text in its place. After forced text the script goes on behind the next
// `unless` in it, as a model goes on behind the end of its thinking, or where it was if none follows.
import type { EngineEvent, ForcedText } from '../engine.ts';
import { createMarkerWatch } from '../marker-watch.ts';

export type ScriptedToken = Extract<EngineEvent, { type: 'token' }>;

/** Of text that no script has cut into tokens. */
export const charactersPerToken = 4;

/** Decides about each token when it is asked for, so that `forced.now` takes effect with the next one. */
export function* playScript(
  tokens: readonly string[],
  forced: ForcedText | undefined,
): Generator<ScriptedToken, undefined> {
  let closed = false;
  let told = forced?.now?.aborted === true;
  forced?.now?.addEventListener(
    'abort',
    () => {
      told = true;
    },
    { once: true },
  );
  for (let index = 0; ; index++) {
    if (forced !== undefined && !closed && (told || index === forced.afterTokens)) {
      closed = tokens.slice(0, index).join('').includes(forced.unless);
      if (!closed) {
        for (const text of cutText(forced.text)) yield { type: 'token', text, forced: true };
        for (const text of restOf(tokens.slice(index), forced.unless)) yield { type: 'token', text };
        return;
      }
    }
    const text = tokens[index];
    if (text === undefined) return;
    yield { type: 'token', text };
  }
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
