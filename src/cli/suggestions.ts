// What may follow the words of an unfinished command line: commands, options and their values, by the table of commands.
import type { CommandDescription, OptionDescription, Suggestions } from './command-description.ts';

export type Suggestion = { readonly value: string; readonly text: string };

export type Suggested = {
  readonly suggestions: readonly Suggestion[];
  /** What the shell adds itself. */
  readonly paths: 'none' | 'files' | 'directories';
};

/** Names that are asked for only where they may stand. */
export type SuggestionNames = (
  kind: 'models' | 'remotes' | 'published-models' | 'evidence',
) => readonly string[];

export type SuggestionOptions = {
  readonly commands: readonly CommandDescription[];
  /** Those of every command that does something. */
  readonly common: readonly OptionDescription[];
  readonly names: SuggestionNames;
};

const helpOption: OptionDescription = { flags: '--help', text: 'show help' };

/** Where in the line its end is. */
type Position = {
  readonly command: CommandDescription;
  /** How many arguments the command has been given. */
  readonly given: number;
  /** The option whose value comes next, or may come next where it takes several. */
  readonly option: OptionDescription | undefined;
  /** After `--` nothing is an option. */
  readonly literal: boolean;
};

/** @param words after the name of the program; the last is the unfinished one, which may be empty */
export function suggestionsFor(
  words: readonly string[],
  { commands, common, names }: SuggestionOptions,
): Suggested {
  const root: CommandDescription = { name: 'tiegel', text: '', commands };
  const current = words.at(-1) ?? '';
  const position = words.slice(0, -1).reduce<Position>((at, word) => afterWord(at, word, common), {
    ...{ command: root, given: 0, option: undefined, literal: false },
  });
  const { command, given, option, literal } = position;
  const valuesOf = (kinds: readonly Suggestions[], prefix = ''): Suggested =>
    suggestedBy(kinds, current.slice(prefix.length), names, prefix);
  if (option !== undefined && !(isVariadic(option.flags) && current.startsWith('-')))
    return valuesOf(kindsOf(option));
  if (!literal && current.startsWith('-')) {
    const [flag = '', value] = current.split('=', 2);
    const assigned = value === undefined ? undefined : findOption(command, flag, common);
    if (assigned !== undefined) return valuesOf(kindsOf(assigned), `${flag}=`);
    return matching(
      current,
      optionsOf(command, common).map(({ flags, text }) => ({ value: longFlag(flags), text })),
    );
  }
  const below = given > 0 || literal ? [] : (command.commands ?? []).filter(({ hidden }) => hidden !== true);
  const argument = command.arguments?.[Math.min(given, command.arguments.length - 1)];
  const takesMore =
    argument !== undefined && (given < (command.arguments?.length ?? 0) || isVariadic(argument));
  const values = valuesOf(takesMore ? (command.suggest ?? kindsByName(argument)) : []);
  const inner = matching(
    current,
    below.map(({ name, text }) => ({ value: name, text })),
  );
  return { suggestions: [...inner.suggestions, ...values.suggestions], paths: values.paths };
}

function afterWord(at: Position, word: string, common: readonly OptionDescription[]): Position {
  const { command, given, option, literal } = at;
  if (literal) return { ...at, given: given + 1, option: undefined };
  if (option !== undefined && !isVariadic(option.flags)) return { ...at, option: undefined };
  if (word === '--') return { ...at, option: undefined, literal: true };
  if (word.startsWith('-')) {
    const found = word.includes('=') ? undefined : findOption(command, word, common);
    return { ...at, option: found !== undefined && takesValue(found.flags) ? found : undefined };
  }
  if (option !== undefined) return at;
  const inner = given === 0 ? command.commands?.find(({ name }) => name === word) : undefined;
  return inner === undefined
    ? { ...at, given: given + 1 }
    : { command: inner, given: 0, option: undefined, literal };
}

function suggestedBy(
  kinds: readonly Suggestions[],
  typed: string,
  names: SuggestionNames,
  prefix: string,
): Suggested {
  const values = kinds.flatMap((kind) => {
    if (kind === 'files' || kind === 'directories') return [];
    return typeof kind === 'string' ? names(kind) : kind.words;
  });
  const paths = kinds.includes('files') ? 'files' : kinds.includes('directories') ? 'directories' : 'none';
  const fitting = [...new Set(values)].filter((value) => value.startsWith(typed));
  return { suggestions: fitting.map((value) => ({ value: prefix + value, text: '' })), paths };
}

function matching(typed: string, suggestions: readonly Suggestion[]): Suggested {
  return { suggestions: suggestions.filter(({ value }) => value.startsWith(typed)), paths: 'none' };
}

function optionsOf(
  { options = [], load }: CommandDescription,
  common: readonly OptionDescription[],
): readonly OptionDescription[] {
  return load === undefined ? [helpOption] : [...options, ...common, helpOption];
}

function findOption(
  command: CommandDescription,
  flag: string,
  common: readonly OptionDescription[],
): OptionDescription | undefined {
  return optionsOf(command, common).find(({ flags }) => longFlag(flags) === flag);
}

function longFlag(flags: string): string {
  return flags.split(' ', 1)[0] ?? flags;
}

function takesValue(flags: string): boolean {
  return flags.includes('<');
}

function isVariadic(usage: string): boolean {
  return usage.includes('...');
}

function kindsOf({ flags, suggest }: OptionDescription): readonly Suggestions[] {
  return suggest ?? kindsByName(flags);
}

/** What the name of a value says, such as `<file...>`. */
function kindsByName(usage: string): readonly Suggestions[] {
  const [, name] = /[<[](\w+)(?:\.\.\.)?[>\]]/.exec(usage) ?? [];
  if (name === 'file') return ['files'];
  if (name === 'directory') return ['directories'];
  if (name === 'model') return ['models'];
  if (name === 'evidence') return ['evidence', 'models', 'files'];
  return [];
}
