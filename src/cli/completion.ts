// `tiegel completion`: a script that makes a shell complete `tiegel`, and `tiegel complete`, which answers it. The script
// holds no table: it asks the program, so that it never falls behind and knows the models that are here.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TiegelError } from '../base/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type CommandDescription, commonOptions } from './command-description.ts';
import { type Shell, shellScript, shells } from './shell-script.ts';
import { type Suggested, type SuggestionNames, suggestionsFor } from './suggestions.ts';

export async function runCompletion({ terminal }: CommandContext, given: string): Promise<ExitCode> {
  const script = shellScript(shellOf(given), [process.execPath, join(import.meta.dirname, 'main.ts')]);
  terminal.write(script);
  terminal.result({ shell: given, script });
  return 0;
}

/** Prints a line for each word that may come next: the word and, after a tab, what it means. */
export async function runComplete(
  { environment, terminal }: CommandContext,
  commands: readonly CommandDescription[],
  { shell, words }: { readonly shell: string; readonly words: readonly string[] },
): Promise<ExitCode> {
  const wordsOfShell = shellOf(shell) === 'bash' ? joinedWords(words) : words;
  const published = wordsOfShell.some((word) => word === 'pull' || word === 'fit')
    ? (await import('../catalog/index.ts')).knownModels.map(({ name }) => name)
    : [];
  const names: SuggestionNames = (kind) => {
    if (kind === 'published-models') return published;
    const places = { models: 'manifests', remotes: 'remotes', evidence: 'assessments' } as const;
    return namesIn(join(environment.home, places[kind]));
  };
  const suggested = suggestionsFor(wordsOfShell, { commands, common: commonOptions, names });
  const shown = shell === 'bash' ? withoutBrokenPart(suggested, wordsOfShell.at(-1) ?? '') : suggested;
  for (const { value, text } of shown.suggestions)
    terminal.print(text === '' ? value : `${value}\t${text.replaceAll(/\s+/g, ' ')}`);
  if (shown.paths !== 'none') terminal.print(`:${shown.paths}`);
  return 0;
}

function shellOf(text: string): Shell {
  const shell = shells.find((known) => known === text);
  if (shell !== undefined) return shell;
  throw new TiegelError('TGL_USAGE', {
    problem: `the shell is ${text}; expected one of ${shells.join(', ')}.`,
  });
}

/** Names of models and assessments, which are those of their files; a damaged one is suggested like any other. */
function namesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .map((name) => name.replace(/\.json$/, ''))
    .sort();
}

/** Bash breaks words at colons and equals signs, and so makes three of `deepseek-r1:7b`. */
export function joinedWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let glued = false;
  for (const word of words) {
    const isBreak = /^[:=]+$/.test(word);
    if (joined.length > 0 && (isBreak || glued)) joined.push(`${joined.pop()}${word}`);
    else joined.push(word);
    glued = isBreak;
  }
  return joined;
}

/** Bash puts the answer in place of what follows the last of its breaks. */
function withoutBrokenPart({ suggestions, paths }: Suggested, current: string): Suggested {
  const kept = Math.max(current.lastIndexOf(':'), current.lastIndexOf('=')) + 1;
  return { suggestions: suggestions.map(({ value, text }) => ({ value: value.slice(kept), text })), paths };
}
