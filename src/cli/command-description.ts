// What a command says about itself: name, arguments, options and an example, as data. A description stands beside what the
// command does and imports nothing of it, so that help and completion wait for no work.
import type { CommandContext, ExitCode } from './command.ts';

/** What a shell may offer as the value of an option or argument. */
export type Suggestions =
  | 'models'
  | 'remotes'
  | 'published-models'
  | 'evidence'
  | 'files'
  | 'directories'
  | { readonly words: readonly string[] };

export type OptionDescription = {
  /** As in help, such as `--port <number>`; `<name...>` takes several. */
  readonly flags: string;
  readonly text: string;
  readonly required?: boolean;
  readonly default?: string;
  /** @default what the name of the value says: files of `<file>`, directories of `<directory>`, models of `<model>` */
  readonly suggest?: readonly Suggestions[];
};

export type CommandDescription = {
  readonly name: string;
  /** As in help, such as `[model]` or `<evidence>`. @default none */
  readonly arguments?: readonly string[];
  readonly text: string;
  readonly example?: string;
  /** Beside those that every command has. */
  readonly options?: readonly OptionDescription[];
  /** What may stand for the arguments, where their names do not say it. */
  readonly suggest?: readonly Suggestions[];
  /** Left out of help. */
  readonly hidden?: boolean;
  readonly commands?: readonly CommandDescription[];
  /** Loads what it does; it is called with the arguments and then the options. A group of commands has none. */
  readonly load?: () => Promise<(context: CommandContext, ...given: never[]) => Promise<ExitCode>>;
};

/** Options of every command that does something. */
export const commonOptions: readonly OptionDescription[] = [
  { flags: '--json', text: 'print one JSON object for programs' },
  { flags: '--offline', text: 'refuse every connection to another machine' },
];

/** `--filter` and `--draft`, which several commands take. */
export const filterOption = (text: string): OptionDescription => ({ flags: '--filter <file...>', text });

export const draftOption: OptionDescription = {
  flags: '--draft <model>',
  text: 'a smaller model with the same vocabulary that drafts tokens',
};

/** Of commands that work on the store. */
export const organisationOption: OptionDescription = {
  flags: '--organisation <id>',
  text: 'organisation that is meant (default: the oldest)',
};

/** Of those that change something in it. */
export const reasonOption: OptionDescription = {
  flags: '--reason <text>',
  text: 'why; it is kept in the audit log',
};

/** Whose signatures a command believes beside this installation's. */
export const keyOptions: readonly OptionDescription[] = [
  {
    flags: '--key <file...>',
    text: 'files with keys that are trusted as well: PEM, or 64 hexadecimal digits',
  },
  { flags: '--public-key <hex...>', text: 'the same in hexadecimal; `tiegel officer trust` keeps them' },
];
