// `tiegel teach`: runs a recipe, shows how far it is, prints what the model can do at the end.
import { type Accuracy, loadRecipe, type TeachProgress, teach } from '../teach/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { duration, percentWithInterval, type Terminal } from './terminal.ts';

type TeachFlags = {
  readonly recipe: string;
  readonly out: string;
  readonly resume?: true;
  readonly workers?: string;
  readonly steps?: string;
  readonly problems?: string;
};

export async function runTeach(context: CommandContext, _: string, flags: TeachFlags): Promise<ExitCode> {
  const { terminal, clock, signal } = context;
  const steps = wholeNumber('--steps', flags.steps, 1, 10_000_000);
  const workers = wholeNumber('--workers', flags.workers, 1, 256);
  const problems = wholeNumber('--problems', flags.problems, 1, 10_000);
  const recipe = loadRecipe(flags.recipe, { steps, problems });
  terminal.note(
    `Teaching ${recipe.name} for ${recipe.training.steps} steps in ${flags.out}. Ctrl-C keeps what is done.`,
  );
  try {
    const { record, accuracies, files } = await teach({
      recipe,
      directory: flags.out,
      resume: flags.resume ?? false,
      ...(workers === undefined ? {} : { workers }),
      clock,
      signal,
      onProgress: (progress) => terminal.progress(progressLine(progress)),
    });
    terminal.print(
      `${terminal.bold(recipe.name)}: ${record.parameters.toLocaleString('en')} parameters, ` +
        `${record.tokens.toLocaleString('en')} tokens, ${record.wallMinutes} min (${record.cpuMinutes} CPU-min)`,
    );
    printAccuracies(terminal, accuracies);
    terminal.print(`\nThe model is in ${files.q8_0}\nNext: npm run tiegel -- assess ${flags.out}`);
    terminal.result({ directory: flags.out, files, record });
    return 0;
  } catch (error) {
    if (error === signal.reason)
      terminal.note(`Stopped. Continue with --resume; the last checkpoint is in ${flags.out}.`);
    throw error;
  }
}

function progressLine(progress: TeachProgress): string {
  if (progress.stage === 'export') return 'Writing the model …';
  if (progress.stage === 'evaluation')
    return `Evaluating: ${progress.done} of ${progress.total} held-out problems`;
  const { metrics, steps, secondsLeft } = progress.progress;
  const speed = metrics.tokensPerSecond.toLocaleString('en');
  return `Step ${metrics.step} of ${steps} · loss ${metrics.loss.toFixed(4)} · ${speed} tokens/s · ${duration(secondsLeft)} left`;
}

function printAccuracies(terminal: Terminal, accuracies: readonly Accuracy[]): void {
  terminal.print('\nHeld-out problems, greedy, 95 % intervals:');
  for (const { subject, thinking, accuracy, interval, trials, meanTokens } of accuracies) {
    const arm = thinking === 'open' ? 'with thinking' : 'without thinking';
    const figures = percentWithInterval(accuracy, interval);
    terminal.print(
      `  ${subject.padEnd(17)} ${arm.padEnd(17)} ${figures.padEnd(24)} n = ${trials}, ${meanTokens.toFixed(0)} tokens`,
    );
  }
}
