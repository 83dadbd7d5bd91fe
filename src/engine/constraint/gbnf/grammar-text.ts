// A grammar written as GBNF, one rule a line.
import type { CharacterSet, Grammar, GrammarSymbol, Sequence } from './grammar.ts';

export function grammarText({ rules }: Grammar): string {
  const lines = rules.map(
    (alternatives, rule) => `${nameOf(rule)} ::= ${alternatives.map(sequenceText).join(' | ')}`,
  );
  return `${lines.join('\n')}\n`;
}

function nameOf(rule: number): string {
  return rule === 0 ? 'root' : `r${rule}`;
}

function sequenceText(sequence: Sequence): string {
  const parts: string[] = [];
  let word = '';
  const endWord = (): void => {
    if (word !== '') parts.push(`"${word}"`);
    word = '';
  };
  for (const symbol of sequence) {
    const character = singleCharacter(symbol);
    if (character !== undefined) {
      word += escaped(character);
      continue;
    }
    endWord();
    parts.push(typeof symbol === 'number' ? nameOf(symbol) : setText(symbol));
  }
  endWord();
  // Behind a bar the next line would be taken for its alternative.
  return parts.length === 0 ? '""' : parts.join(' ');
}

function singleCharacter(symbol: GrammarSymbol): number | undefined {
  if (typeof symbol === 'number' || symbol.length !== 1) return undefined;
  const [[low, high]] = symbol as readonly [readonly [number, number]];
  return low === high ? low : undefined;
}

function setText(set: CharacterSet): string {
  const ranges = set.map(([low, high]) => (low === high ? escaped(low) : `${escaped(low)}-${escaped(high)}`));
  return `[${ranges.join('')}]`;
}

function escaped(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  if (/^[a-zA-Z0-9 _:,.]$/.test(character)) return character;
  const digits = codePoint.toString(16).toUpperCase();
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
