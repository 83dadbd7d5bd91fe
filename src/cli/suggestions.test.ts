// What may follow the words of a command line, by the table of commands itself.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommandDescription, commonOptions } from './command-description.ts';
import { commands } from './commands.ts';
import { type SuggestionNames, suggestionsFor } from './suggestions.ts';

const names: SuggestionNames = (kind) =>
  ({
    models: ['tiegel-nano', 'deepseek-r1:1.5b'],
    remotes: ['far'],
    'published-models': ['deepseek-r1:7b'],
    evidence: ['assessment_1'],
  })[kind];

function suggested(...words: readonly string[]) {
  const { suggestions, paths } = suggestionsFor(words, { commands, common: commonOptions, names });
  return { values: suggestions.map(({ value }) => value), paths };
}

/** Every command with the words that lead to it. */
function paths(
  table: readonly CommandDescription[],
  before: readonly string[] = [],
): readonly (readonly [readonly string[], CommandDescription])[] {
  return table.flatMap((command) => {
    const words = [...before, command.name];
    return [[words, command] as const, ...paths(command.commands ?? [], words)];
  });
}

test('every command is suggested after the words before it, the hidden one is not', () => {
  for (const [words, { hidden }] of paths(commands)) {
    const { values } = suggested(...words.slice(0, -1), '');
    expect(values.includes(words.at(-1) as string), words.join(' ')).toBe(hidden !== true);
  }
});

test('every option of a command is suggested, and none of another', () => {
  for (const [words, { options = [], load }] of paths(commands)) {
    const own = [...options, ...(load === undefined ? [] : commonOptions)];
    const flags = [...own.map((option) => option.flags.split(' ')[0]), '--help'];
    expect(suggested(...words, '--').values, words.join(' ')).toEqual(flags);
  }
});

test.each([
  [['show', ''], ['tiegel-nano', 'deepseek-r1:1.5b'], 'none'],
  [['show', 'dee'], ['deepseek-r1:1.5b'], 'none'],
  [['up', ''], ['tiegel-nano', 'deepseek-r1:1.5b', 'far'], 'files'],
  [['up', '--port', '0', 'ti'], ['tiegel-nano'], 'files'],
  [['up', '--filter', 'a.json', 'b'], [], 'files'],
  [['up', 'tiegel-nano', ''], [], 'none'],
  [['pull', ''], ['deepseek-r1:7b'], 'none'],
  [['chat', '--model', 'f'], ['far'], 'files'],
  [['chat', '--model=f'], ['--model=far'], 'files'],
  [['convert', ''], [], 'directories'],
  [['convert', 'x', '--type', 'q8'], ['q8_0'], 'none'],
  [['remote', 'remove', ''], ['far'], 'none'],
  [['assess', 'compare', 'assessment_1', ''], ['assessment_1'], 'none'],
  [['assess', 'tiegel-nano', 'ver'], [], 'none'],
  [['chat', '--', '--mo'], [], 'none'],
  [['nonsense', ''], [], 'none'],
])('after %j come %j and %s', (words, values, added) => {
  expect(suggested(...words)).toEqual({ values, paths: added });
});

test('whatever the words are, what is suggested begins with what was typed', () => {
  const word = fc.oneof(
    fc.constantFrom(...paths(commands).flatMap(([words]) => words)),
    fc.constantFrom('--', '-', '--json', '--filter', '--model', '--model=', '--out', ''),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), word, (before, typed) => {
      expect(suggested(...before, typed).values.every((value) => value.startsWith(typed))).toBe(true);
    }),
  );
});
