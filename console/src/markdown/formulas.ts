// Formulas in Markdown, as models write them: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` by themselves. One that is not closed, or is
// longer than people write them, stays text. A dollar sign before a blank, behind one or before a digit is money, as in Pandoc.
import { Marked, type MarkedOptions, type TokenizerExtension, type Tokens } from 'marked';

/** A formula, as the lexer gives it. */
export type FormulaToken = Tokens.Generic & { readonly type: 'formula'; readonly isDisplay: boolean };

const longest = 2000;
/** Nothing in a formula is a blank line: there a paragraph ends. */
const inside = String.raw`((?:(?!\n[ \t]*\n)[\s\S]){1,${longest}}?)`;

const displays = new RegExp(String.raw`^(?:\$\$${inside}\$\$|\\\[${inside}\\\])`);
const lines = new RegExp(
  String.raw`^(?:\$(?![\s$])((?:[^$\n\\]|\\.){1,${longest}}?)(?<!\s)\$(?!\d)|\\\(${inside}\\\))`,
);

function tokenOf(found: RegExpExecArray | null, isDisplay: boolean): FormulaToken | undefined {
  const text = (found?.[1] ?? found?.[2])?.trim();
  if (found === null || text === undefined || text === '') return undefined;
  return { type: 'formula', raw: found[0], text, isDisplay };
}

const formula: TokenizerExtension = {
  name: 'formula',
  level: 'inline',
  start: (text) => {
    const place = text.search(/\$|\\[([]/);
    return place < 0 ? undefined : place;
  },
  tokenizer: (text) => tokenOf(displays.exec(text), true) ?? tokenOf(lines.exec(text), false),
};

/** What the lexer is given. */
export const markdownOptions: MarkedOptions = new Marked({ extensions: [formula] }).defaults;
