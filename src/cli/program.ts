// The command line: the table of commands made into a program. What a command does is loaded when it is called, so that
// help and short commands do not wait for trainer, engine and server.
import { Command, CommanderError, Option } from 'commander';
import { readPackageFile, systemClock, TiegelError } from '../base/index.ts';
import { type CommandContext, type ExitCode, exitCodeOfError, Interrupted } from './command.ts';
import { type CommandDescription, commonOptions, type OptionDescription } from './command-description.ts';
import { commands } from './commands.ts';
import { createProgressDisplay } from './progress-display.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Does what a command does, with its arguments and then its options. */
type Start = (description: CommandDescription, given: readonly unknown[]) => Promise<void>;

/** Runs the command that the words name, and returns the code for the shell. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  // What follows `--` is nobody's option.
  const flags = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const terminal = createTerminal({ json: flags.includes('--json') });
  const onProgress = createProgressDisplay({ terminal, clock: systemClock });
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interruption.abort(new Interrupted(name)));
  }
  // Whoever reads the output, such as `head`, may have enough before the command has ended.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  let exitCode: ExitCode = 0;
  const program = createProgram(async ({ load }, given) => {
    // Help and mistakes in words wait for nothing that is only needed to work.
    const { readEnvironment } = await import('../host/quick.ts');
    const environment = readEnvironment(process.env);
    const context: CommandContext = {
      environment: { ...environment, offline: environment.offline || flags.includes('--offline') },
      terminal,
      clock: systemClock,
      signal: interruption.signal,
      onProgress,
      onNote: terminal.note,
    };
    const action = await load?.();
    if (action !== undefined) exitCode = await action(context, ...(given as readonly never[]));
  });
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    onProgress(null);
    return report(error, terminal);
  }
}

function createProgram(start: Start): Command {
  const program = new Command('tiegel')
    .description('Teach, assess and serve small reasoning models on your own hardware.')
    .version(readPackageFile().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .exitOverride()
    // Otherwise `--out` of `teach report` would be taken for that of `teach`.
    .enablePositionalOptions()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError();
  for (const description of commands) addCommand(program, description, start);
  return program;
}

function addCommand(parent: Command, description: CommandDescription, start: Start): void {
  const { name, text, example, options = [], commands: below = [], load, hidden = false } = description;
  const command = parent
    .command([name, ...(description.arguments ?? [])].join(' '), { hidden })
    .description(text)
    .helpOption('-h, --help', 'show help')
    .exitOverride();
  if (load === undefined) describeGroup(command);
  else {
    for (const option of [...options, ...commonOptions]) command.addOption(optionOf(option));
    // Commander gives the arguments, the options and then the command itself.
    command.action((...given: readonly unknown[]) => start(description, given.slice(0, -1)));
  }
  if (example !== undefined) command.addHelpText('after', `\nExample:\n  ${example}`);
  for (const inner of below) addCommand(command, inner, start);
}

function optionOf({ flags, text, required = false, default: fallback }: OptionDescription): Option {
  return new Option(flags, text).makeOptionMandatory(required).default(fallback);
}

/** Called without one of its commands, a group shows its help. */
function describeGroup(group: Command): void {
  group
    .helpCommand('help [command]', 'show help for a command')
    .allowExcessArguments()
    .action(() => {
      const [word] = group.args;
      if (word !== undefined)
        throw new TiegelError('TGL_USAGE', { problem: `unknown command '${group.name()} ${word}'` });
      group.outputHelp();
    });
}

/** The one place where an error becomes text and an exit code. */
function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof Interrupted) {
    terminal.note('Interrupted.');
    return 130;
  }
  const known =
    error instanceof CommanderError
      ? new TiegelError('TGL_USAGE', { problem: error.message.replace(/^error: /, '') })
      : error;
  if (!TiegelError.isInstance(known)) {
    // A defect of the program: the stack is what helps to mend it.
    terminal.note(error instanceof Error ? (error.stack ?? String(error)) : String(error));
    return 1;
  }
  const { code, message, fix, retryable } = known;
  if (terminal.json) terminal.result({ error: { code, message, fix, retryable } });
  else terminal.note(`${terminal.bad('Error')} ${code}: ${message}\n${fix}`);
  return exitCodeOfError(code);
}
