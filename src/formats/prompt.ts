// A rendered prompt as pieces: template text, in which control tokens count, and text that people wrote, in which
// they never do. Whoever tokenises a prompt keeps every piece apart from its neighbours, so that `</think>` typed by a
// person stays text: templates cut such a tag in two where a tokenizer would know it even in ordinary text.
import type { Json } from '../base/index.ts';

/** A stretch of a rendered prompt. `special` is true only for text that came from the template itself. */
export type PromptPiece = { readonly text: string; readonly special: boolean };

export type ChatRole = 'system' | 'user' | 'assistant' | 'tool';

/** A function that the model may ask to be called. `parameters` is a JSON schema. */
export type ToolDefinition = {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Json;
};

/** A call as the model wrote it; `arguments` is JSON text, which nobody has checked against the schema. */
export type ToolCall = { readonly name: string; readonly arguments: string };

/**
 * One turn of a conversation; `reasoning` of earlier assistant turns is dropped by templates that want that. A turn of
 * the assistant may hold calls, a message of role `tool` holds what one of them gave, in the order of the calls.
 */
export type ChatMessage = {
  readonly role: ChatRole;
  readonly content: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
};
