// The reversible byte ↔ printable character table of GPT-2's byte-level BPE, which GGUF calls tokenizer model "gpt2":
// printable Latin-1 stands for itself, every other byte for a character from U+0100 upwards.

/** Index: byte; value: the character that stands for it in token texts. */
export const byteTexts: readonly string[] = makeByteTexts();

function makeByteTexts(): string[] {
  let substitute = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintableLatin1(byte) ? byte : substitute++),
  );
}

function isPrintableLatin1(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
}
