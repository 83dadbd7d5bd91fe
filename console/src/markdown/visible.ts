// Text that a model wrote, with what would change how it is read made visible: control characters, and those that turn the direction
// of text or have no width.

/** Control pictures stand for what is no text; everything else is as it was written. */
export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replaceAll(/[\0-\x08\x0b-\x1f\x7f]/g, (character) =>
    character === '\r'
      ? ''
      : String.fromCodePoint(character === '\x7f' ? 0x2421 : 0x2400 + character.charCodeAt(0)),
  );
}

/** For code and addresses, in which nothing may hide: also direction and width. */
export function visible(text: string): string {
  return withoutControls(text).replaceAll(
    /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
