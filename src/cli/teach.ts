// `tiegel teach`: runs a recipe, shows how far it is, prints what the model can do at the end.
import { TiegelError } from '../base/index.ts';
import { teachingWork } from '../host/index.ts';
import { type Arm, type EvaluationSummary, loadRecipe, teach } from '../teach/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { percentWithInterval, type Terminal } from './terminal.ts';

type TeachFlags = {
  readonly recipe?: string;
  readonly out?: string;
  readonly resume?: true;
  readonly workers?: string;
  readonly steps?: string;
  readonly problems?: string;
  readonly stage?: readonly string[];
  readonly from?: string;
  readonly seed?: string;
};

export async function runTeach(context: CommandContext, flags: TeachFlags): Promise<ExitCode> {
  const { environment, terminal, clock, signal, onProgress } = context;
  const { recipe: recipeName, out } = flags;
  // Not required by the command line itself, which would require them of its subcommands too.
  if (recipeName === undefined || out === undefined) {
    throw new TiegelError('TGL_USAGE', { problem: 'Both --recipe and --out are required.' });
  }
  const steps = wholeNumber('--steps', flags.steps, 1, 10_000_000);
  const workers = wholeNumber('--workers', flags.workers, 1, 256);
  const problems = wholeNumber('--problems', flags.problems, 1, 10_000);
  const seed = wholeNumber('--seed', flags.seed, 0, 2 ** 32 - 1);
  const recipe = loadRecipe(recipeName, { steps, problems, stages: flags.stage, from: flags.from, seed });
  const names = recipe.stages.map(({ name }) => name).join(', ');
  terminal.note(`Teaching ${recipe.name} (${names}) in ${out}. Press Ctrl-C to stop; progress is kept.`);
  try {
    const { record, files } = await teach({
      recipe,
      directory: out,
      resume: flags.resume ?? false,
      ...(workers === undefined ? {} : { workers }),
      offline: environment.offline,
      keyIn: environment.keyIn,
      clock,
      signal,
      onProgress: (progress) => {
        if (progress.doing !== 'watched') onProgress(teachingWork(progress));
      },
      onWarning: (text) => terminal.note(text),
    });
    onProgress(null);
    terminal.print(
      `${terminal.bold(recipe.name)}: ${record.parameters.toLocaleString('en')} parameters, ` +
        `${record.wallMinutes} min (${record.cpuMinutes} CPU-min)`,
    );
    for (const stage of record.stages) {
      if ('arms' in stage && stage.arms) printArms(terminal, stage.name, stage.arms);
    }
    if (record.evaluation) printEvaluation(terminal, record.evaluation);
    terminal.print(`\nThe model is in ${files.q8_0 ?? files.f32}\nNext: npm run tiegel -- assess ${out}`);
    terminal.result({ directory: out, files, record });
    return 0;
  } catch (error) {
    if (error === signal.reason)
      terminal.note(`Stopped. Continue with --resume; the last checkpoint is in ${out}.`);
    throw error;
  }
}

function printEvaluation(terminal: Terminal, evaluation: EvaluationSummary): void {
  terminal.print('\nHeld-out problems, greedy decoding, 95 % intervals:');
  for (const { subject, thinking, accuracy, interval, trials, meanTokens } of evaluation.accuracies) {
    const arm = thinking === 'open' ? 'with thinking' : 'without thinking';
    const figures = percentWithInterval(accuracy, interval);
    terminal.print(
      `  ${subject.padEnd(17)} ${arm.padEnd(17)} ${figures.padEnd(24)} n = ${trials}, ${meanTokens.toFixed(0)} tokens`,
    );
  }
  for (const { subject, samples, passAt, meanTokens } of evaluation.sampled) {
    for (const { k, rate, interval } of [passAt[0], passAt.at(-1)].flatMap((point) => point ?? [])) {
      const figures = percentWithInterval(rate, interval);
      terminal.print(
        `  ${subject.padEnd(17)} ${`pass@${k} of ${samples}`.padEnd(17)} ${figures.padEnd(24)} temperature 1, ${meanTokens.toFixed(0)} tokens`,
      );
    }
  }
}

/** What the stage gained, and what the same compute would have gained by other means. */
function printArms(terminal: Terminal, stage: string, arms: readonly Arm[]): void {
  terminal.print(
    `\n${stage} compared with its controls: pass@1 at temperature 1, 95 % intervals over problems:`,
  );
  for (const { name, flops, evaluation, gains } of arms) {
    for (const { subject, passAt } of evaluation.sampled) {
      const first = passAt[0];
      if (!first) continue;
      const gain = gains.find((some) => some.subject === subject);
      const lead = gain ? `, ${stage} is ${signedPoints(gain.estimate, gain.interval)} ahead` : '';
      const figures = percentWithInterval(first.rate, first.interval);
      terminal.print(`  ${name.padEnd(19)} ${subject.padEnd(17)} ${figures}${lead}`);
    }
    terminal.print(
      terminal.dim(`  ${' '.repeat(19)} ${(flops / 1e12).toFixed(1)} TFLOP since the start of the stage`),
    );
  }
}

/** A difference of rates, such as `5.1 (3.0 to 7.2) points`. */
function signedPoints(estimate: number, [low, high]: readonly [number, number]): string {
  const points = (value: number) => (100 * value).toFixed(1);
  return `${points(estimate)} (${points(low)} to ${points(high)}) points`;
}
