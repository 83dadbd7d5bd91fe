// Which parts of a text are formulas: what models write as such, and neither money nor code.
import { Lexer, type Token, type Tokens } from 'marked';
import { expect, test } from 'vitest';
import { markdownOptions } from './formulas.ts';

function formulasIn(text: string): readonly (readonly [text: string, isDisplay: boolean])[] {
  const within = (tokens: readonly Token[]): readonly Token[] =>
    tokens.flatMap((token) => {
      const { tokens: inside = [], items = [] } = token as Tokens.Generic;
      return [token, ...within([...inside, ...(items as readonly Token[])])];
    });
  return within(new Lexer(markdownOptions).lex(text)).flatMap((token) =>
    token.type === 'formula' ? [[token.text as string, token.isDisplay as boolean] as const] : [],
  );
}

test.each<[string, readonly (readonly [string, boolean])[]]>([
  [
    'so $a_1 + b_1 * c_1$ and $d$.',
    [
      ['a_1 + b_1 * c_1', false],
      ['d', false],
    ],
  ],
  [String.raw`so \(x^2\) holds`, [['x^2', false]]],
  ['$$\nx = \\frac{1}{2}\n$$', [['x = \\frac{1}{2}', true]]],
  [String.raw`\[ x \]`, [['x', true]]],
  ['**bold $x$**', [['x', false]]],
  ['- entry $x$', [['x', false]]],
  [String.raw`$\$5$`, [[String.raw`\$5`, false]]],
])('%j has them', (text, formulas) => {
  expect(formulasIn(text)).toEqual(formulas);
});

test.each([
  'it costs $5 or $6',
  '`$x$`',
  '```\n$$x$$\n```',
  '$$x',
  '$x\n\ny$',
  '$$x\n\ny$$',
  String.raw`\(x`,
  '$ x$',
  '$$$$',
  `$${'x'.repeat(2001)}$`,
])('%j has none', (text) => {
  expect(formulasIn(text)).toEqual([]);
});

test('what never closes is looked through once', () => {
  const steps = (text: string): number => {
    let read = 0;
    for (const token of new Lexer(markdownOptions).lex(text)) read += token.raw.length;
    return read;
  };
  for (const part of ['$', '$a', '\\(', '\\[', '$$a', '\\('.repeat(3)])
    expect(steps(part.repeat(4000 / part.length))).toBeGreaterThan(3900);
});
