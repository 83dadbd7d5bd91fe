import { expect, test } from 'vitest';
import { playScript, type ScriptedToken } from './script.ts';

function played(...script: Parameters<typeof playScript>): readonly ScriptedToken[] {
  const next = playScript(...script);
  const tokens: ScriptedToken[] = [];
  for (let token = next(); token !== undefined; token = next()) tokens.push(token);
  return tokens;
}

const forced = { text: 'enough</think>', unless: '</think>', afterTokens: 2 };
const thinking = ['a', ' b', ' c', ' d', '</th', 'ink>\n', '7', '!'];

test('after forced text the script goes on behind its own marker', () => {
  const texts = played(thinking, forced).map(({ text }) => text);
  expect(texts).toEqual(['a', ' b', 'enou', 'gh</', 'thin', 'k>', '\n', '7', '!']);
});

test('a script without the marker goes on where it was', () => {
  const texts = played(['a', ' b', ' c', ' d'], forced).map(({ text }) => text);
  expect(texts).toEqual(['a', ' b', 'enou', 'gh</', 'thin', 'k>', ' c', ' d']);
});

test('a script that has closed its thinking, or ends before the count, gets no forced text', () => {
  for (const tokens of [['</think>', '7', '!'], ['a']]) {
    expect(played(tokens, forced)).toEqual(tokens.map((text) => ({ type: 'token', text })));
  }
});

test('the end of a turn that falls on the count is replaced', () => {
  expect(played(['a', ' b'], forced).filter((token) => token.forced)).toHaveLength(4);
});
