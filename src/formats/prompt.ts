// A rendered prompt as pieces: template text, in which control tokens count, and text that people wrote, in which
// they never do. Whoever tokenises a prompt keeps the two apart, so that `</think>` typed by a person stays text.

/** A stretch of a rendered prompt. `special` is true only for text that came from the template itself. */
export type PromptPiece = { readonly text: string; readonly special: boolean };

export type ChatRole = 'system' | 'user' | 'assistant';

/** One turn of a conversation; `reasoning` of earlier assistant turns is dropped by templates that want that. */
export type ChatMessage = {
  readonly role: ChatRole;
  readonly content: string;
  readonly reasoning?: string;
};
