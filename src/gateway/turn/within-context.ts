// A conversation that is longer than the context, without its oldest turns: what OpenAI calls `truncation: auto`. Only the
// engine knows its tokens, so that it is asked, and told less where it says that this is too much.
import { TiegelError } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import type { ConverseRequest, RunningTurn } from '../../reasoning/index.ts';

/** Of the context, so that there is room for a reply. */
const promptShare = 3 / 4;

/**
 * The turn, or the same turn over a shorter conversation. Instructions and the last turn of the user, with what follows it,
 * are never dropped: where these alone are too long, the refusal stands.
 */
export function withinContext(
  request: ConverseRequest,
  converse: (request: ConverseRequest) => RunningTurn,
): RunningTurn {
  const attempt: Attempt = { request, running: converse(request) };
  return { parts: shortening(attempt, converse), usage: () => attempt.running.usage() };
}

/** What was asked last. */
type Attempt = { request: ConverseRequest; running: RunningTurn };

async function* shortening(
  attempt: Attempt,
  converse: (request: ConverseRequest) => RunningTurn,
): RunningTurn['parts'] {
  for (;;) {
    try {
      // Nothing is generated of a prompt that is too long.
      return yield* attempt.running.parts;
    } catch (error) {
      const share = sharePastContext(error);
      const { request } = attempt;
      const messages = share === undefined ? undefined : withoutOldest(request.messages, share * promptShare);
      if (messages === undefined) throw error;
      attempt.request = { ...request, messages };
      attempt.running = converse(attempt.request);
    }
  }
}

/** The part of the prompt that the context holds; undefined for any other fault. */
function sharePastContext(error: unknown): number | undefined {
  if (!TiegelError.isInstance(error) || error.code !== 'TGL_PROMPT_TOO_LONG') return undefined;
  const { received, limit } = error.details;
  return typeof received === 'number' && typeof limit === 'number' ? limit / received : 1 / 2;
}

/**
 * Without as many of the oldest turns as leave at most that share of the characters, and without one at least; undefined
 * where there is only one. A turn is a message of the user with all that follows it up to the next one.
 */
function withoutOldest(messages: readonly ChatMessage[], share: number): readonly ChatMessage[] | undefined {
  const kept = share * lengthOf(messages);
  const starts = messages.flatMap(({ role }, place) => (role === 'user' ? [place] : []));
  const candidates = starts.slice(1);
  const [last] = candidates.slice(-1);
  if (last === undefined) return undefined;
  let left = lengthOf(messages);
  let place = 0;
  const start = candidates.find((candidate) => {
    for (; place < candidate; place++)
      if (!isInstruction(messages[place])) left -= lengthOf([messages[place]]);
    return left <= kept;
  });
  const from = start ?? last;
  return messages.filter((message, at) => at >= from || isInstruction(message));
}

function isInstruction(message: ChatMessage | undefined): boolean {
  return message?.role === 'system';
}

function lengthOf(messages: readonly (ChatMessage | undefined)[]): number {
  let characters = 0;
  for (const message of messages) {
    characters += (message?.content.length ?? 0) + (message?.reasoning?.length ?? 0);
    for (const call of message?.toolCalls ?? []) characters += call.name.length + call.arguments.length;
  }
  return characters;
}
