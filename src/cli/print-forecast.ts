// What an assessment takes, as a person reads it before it is begun. Exit code 3 where the policy cannot decide anything.
import type { AssessmentForecast, Assumption, Cost, ForecastOutcome } from '../assess/index.ts';
import type { ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';

const meaning: Readonly<Record<Assumption, string>> = {
  clean: 'nothing of what the policy limits, halfway from its floors to everything',
  borderline: 'exactly at every threshold',
  bad: 'halfway from the threshold to the worst, until the rejection is certain',
};

export function printForecast(terminal: Terminal, { forecast, review }: ForecastOutcome): ExitCode {
  if (forecast === null) {
    terminal.print(`${terminal.bad('Nothing would be tried')}: ${review.reason}`);
    terminal.result({ review });
    return review.verdict === 'fail' ? 1 : 3;
  }
  const { model, policy, runs } = forecast;
  terminal.print(`${terminal.bold(model)} by the policy ${policy.name}, version ${policy.version}`);
  terminal.print(`Trials until each criterion is decided, means of ${runs} simulated assessments:\n`);
  printCriteria(terminal, forecast);
  printTotals(terminal, forecast);
  printObstacles(terminal, forecast);
  terminal.result(forecast);
  return forecast.criteria.some(({ required, obstacle }) => required && obstacle !== null) ? 3 : 0;
}

const words = { width: 36, column: 12 } as const;

function printCriteria(terminal: Terminal, { criteria }: AssessmentForecast): void {
  const row = (name: string, cells: readonly string[]): void =>
    terminal.print(
      `  ${name.padEnd(words.width)}${cells.map((cell) => cell.padStart(words.column)).join('')}`,
    );
  row('', ['clean', 'borderline', 'bad', 'at most', 'power']);
  for (const { criterion, required, planned, obstacle, until } of criteria) {
    const name = required ? criterion : `${criterion} (reported)`;
    if (obstacle !== null) row(name, ['cannot be decided']);
    else if (until === null) row(name, ['a check']);
    else {
      const { clean, borderline, bad } = until;
      const trials = [clean, borderline, bad].map((one) => `${Math.ceil(one.trials)}`);
      row(name, [...trials, `${planned}`, `${Math.round(100 * clean.met)} %`]);
    }
  }
}

function printTotals(terminal: Terminal, { total, fixedPlan, speed, slots }: AssessmentForecast): void {
  const line = (name: string, cost: Cost): void => {
    const money = cost.money === null ? '' : `, cost ${cost.money.toFixed(2)}`;
    terminal.print(
      `  ${name.padEnd(12)}${whole(cost.questions)} questions, ${whole(tokensOf(cost))} tokens, ${hours(cost)}${money}`,
    );
  };
  terminal.print('\nA verdict on a model that is …');
  for (const assumption of ['clean', 'borderline', 'bad'] as const) {
    line(assumption, total[assumption]);
    terminal.print(terminal.dim(`              (${meaning[assumption]})`));
  }
  line('fixed plan', fixedPlan);
  terminal.print(terminal.dim('              (every trial of every criterion, none shared)'));
  const { tokensPerSecond, replies, cut, replyTokens, sequences, source } = speed;
  const from = source === 'bench' ? 'as tiegel bench measured' : `measured on ${replies} replies`;
  terminal.print(
    `\nAt ${rounded(tokensPerSecond)} tokens per second of ${sequences} at a time, ${from}; the engine runs ${slots} at a time.`,
  );
  const long = cut === 0 ? '' : `; ${cut} of them were cut off and count as long as a reply may be`;
  terminal.print(
    `Replies have ${whole(replyTokens)} tokens, the mean of ${replies}${long}. Checks and pauses come on top.`,
  );
}

function printObstacles(terminal: Terminal, { criteria }: AssessmentForecast): void {
  for (const { criterion, required, obstacle } of criteria) {
    if (obstacle === null) continue;
    const weight = required ? terminal.bad('cannot be decided') : 'cannot be decided, which decides nothing';
    terminal.print(`\n${terminal.bold(criterion)} ${weight}: ${obstacle.problem}.`);
    terminal.print(`  What would make it decidable: ${obstacle.remedy}.`);
  }
}

function tokensOf({ promptTokens, completionTokens }: Cost): number {
  return promptTokens + completionTokens;
}

function hours({ hours }: Cost): string {
  return hours < 1 ? `${rounded(hours * 60)} minutes` : `${rounded(hours)} hours`;
}

function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}

function whole(value: number): string {
  return Math.ceil(value).toLocaleString('en');
}
