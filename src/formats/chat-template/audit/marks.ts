// Texts of which a prompt is built and which say nothing to a model by themselves: blanks, punctuation and tags. What
// people wrote may be searched for them, and may decide where they stand.

/** Tags and switches that the makers of open reasoners document for what people and models write. */
const documented: ReadonlySet<string> = new Set([
  ...['<think>', '</think>', '<tool_call>', '</tool_call>', '<tool_response>', '</tool_response>'],
  ...['<|channel>', '<channel|>', '<answer>', '</answer>', '[THINK]', '[/THINK]'],
  ...['/think', '/no_think'],
]);

const tags = /<[^\s<>]{1,64}>|\[\/?[A-Z_]{1,32}\]/gu;
const switches = /^\/[a-z_]{1,16}$/u;

export function tagsIn(text: string): readonly string[] {
  return [...text.matchAll(tags)].map(([tag]) => tag);
}

/** @param written further tags, which the template writes into every prompt, so that nobody takes them for words */
export function isMark(text: string, written: ReadonlySet<string>): boolean {
  if (switches.test(text)) return documented.has(text);
  if (!tagsIn(text).every((tag) => documented.has(tag) || written.has(tag))) return false;
  return !/[\p{L}\p{N}]/u.test(text.replaceAll(tags, ''));
}

/** Words that tell a model nothing but whose turn and what kind of part it is; roles other than its own are not among them. */
const neutral: ReadonlySet<string> = new Set([
  ...['assistant', 'model', 'thought', 'analysis', 'final', 'text', 'image', 'image_url', 'video', 'audio'],
  ...[
    'name',
    'arguments',
    'parameters',
    'function',
    'type',
    'id',
    'content',
    'role',
    'null',
    'true',
    'false',
  ],
]);

/** Names of parts that may be looked for in what people wrote: whether a part is a picture, say. */
export const partNames: ReadonlySet<string> = new Set(['text', 'image', 'image_url', 'video', 'audio']);

/** Whether a text says nothing by itself. */
export function isSilent(text: string, written: ReadonlySet<string>): boolean {
  return isMark(
    text.replaceAll(/(?<![\p{L}\p{N}_</|[])[a-z_]+(?![\p{L}\p{N}_>|\]])/gu, (word) =>
      neutral.has(word) ? '' : word,
    ),
    written,
  );
}

/** Characters that a reader does not see and a model does: tags of Unicode, direction marks, zero width. */
const invisible = /[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{E0000}-\u{E01EF}]/u;

/** An address that goes on behind the text, has a query, or belongs to a picture: whatever opens it tells what it holds. */
const address = /https?:\/\/[^\s"'<>)]*$|https?:\/\/[^\s"'<>)]*\?[^\s"'<>)]*=|!\[[^\]]*\]\(/u;

/** What no text of a template needs; null where there is nothing of the kind. */
export function problemInText(text: string): string | null {
  const hidden = invisible.exec(text);
  if (hidden !== null)
    return `the invisible character U+${hidden[0].codePointAt(0)?.toString(16).toUpperCase()} in a text`;
  const found = address.exec(text);
  return found === null ? null : `an address that carries something away: ${JSON.stringify(found[0])}`;
}
