// Calls of tools across dialects: identifiers for calls that the model wrote without one, and results in the order of
// the calls, which is how templates tell them apart.
import { isNestedDeeper, TiegelError } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import type { JsonObject } from '../../wire/index.ts';

/** The identifier of a call in a reply; unique because the reply's is. */
export function callId(reply: string, choice: number, index: number): string {
  return `call_${reply}_${choice}_${index}`;
}

/** A message on its way in, with the identifiers that our own form does not keep. */
export type IdentifiedMessage = ChatMessage & {
  /** Of the calls in a turn of the assistant, in their order. */
  readonly callIds?: readonly string[];
  /** Of the call that a message of role `tool` answers. */
  readonly answers?: string;
};

/** @throws TGL_REQUEST_INVALID for a result without its call. */
export function withOrderedResults(messages: readonly IdentifiedMessage[]): readonly ChatMessage[] {
  const ordered: ChatMessage[] = [];
  let ids: readonly string[] = [];
  let results: { readonly place: number; readonly message: ChatMessage }[] = [];
  const flush = (): void => {
    ordered.push(...results.sort((one, other) => one.place - other.place).map(({ message }) => message));
    results = [];
  };
  for (const identified of messages) {
    const { callIds, answers } = identified;
    const message = withoutIds(identified);
    if (answers === undefined) {
      flush();
      ids = callIds ?? [];
      ordered.push(message);
      continue;
    }
    const place = ids.indexOf(answers);
    if (place < 0) {
      const problem = `The tool result for ${JSON.stringify(answers)} follows no call of that id.`;
      throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'messages' });
    }
    results.push({ place, message });
  }
  flush();
  return ordered;
}

/** Nearly all have none, and a copy costs as much as reading the message. */
function withoutIds(message: IdentifiedMessage): ChatMessage {
  if (message.callIds === undefined && message.answers === undefined) return message;
  const { callIds: _, answers: __, ...rest } = message;
  return rest;
}

const deepestArguments = 128;

/** The arguments of a call as the object some dialects want; what is no JSON object is kept under one name. */
export function argumentsOf(text: string): JsonObject {
  try {
    // A template walks over it by recursion.
    const value: unknown = isNestedDeeper(text, deepestArguments) ? undefined : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below.
  }
  return { unparsed: text };
}
