// `tiegel meter plan`: replicas for requests as they came, what is waited for and what it costs; and what demand a lower price brings.
import { TiegelError } from '../base/index.ts';
import { curveOf, type Plan, type PlanCosts, planRequests, readTrace } from '../meter/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { hostedMoney } from './meter-costs.ts';
import { readTextFile } from './meter-tasks.ts';
import { number } from './numbers.ts';
import { duration, type Terminal } from './terminal.ts';

type PlanFlags = {
  readonly speeds: string;
  readonly promptSpeed?: string;
  readonly wait?: string;
  readonly replicaHour?: string;
  readonly accuracy?: string;
  readonly hosted?: string;
  readonly cheaper?: string;
};

export async function runMeterPlan(
  { terminal, clock }: CommandContext,
  file: string,
  flags: PlanFlags,
): Promise<ExitCode> {
  const curve = curveOf(speedsOf(flags.speeds), number('--prompt-speed', flags.promptSpeed, 1, 1e7) ?? 4_000);
  const wait = number('--wait', flags.wait, 0.001, 3_600) ?? 2;
  const cheaper = number('--cheaper', flags.cheaper, 1, 100) ?? 2;
  const replicaHour = number('--replica-hour', flags.replicaHour, 0, 1e6);
  const percent = number('--accuracy', flags.accuracy, 0.1, 100);
  const hosted = hostedMoney(flags.hosted, clock.now());
  const plan = planRequests(readTrace(file, readTextFile(file)), curve, {
    ...{ wait, cheaper, replicaHour, moneyOf: hosted?.moneyOf },
    accuracy: percent === undefined ? undefined : percent / 100,
  });
  printPlan(terminal, plan, wait);
  if (plan.costs !== null) printCosts(terminal, plan.costs, hosted?.source);
  terminal.print(
    `  a price ${cheaper} times lower, by the elasticity of demand (nothing here says which one holds):`,
  );
  for (const { elasticity, units, compute, needed } of plan.demand)
    terminal.print(
      `    ${String(elasticity).padEnd(4)} ${units.toFixed(2)} times the requests, ` +
        `${needed ?? 'more than 64'} replicas; where it is ${cheaper} times the efficiency, ${compute.toFixed(2)} times the compute`,
    );
  terminal.result(plan);
  return plan.needed === null ? 1 : 0;
}

/** @throws TGL_USAGE */
function speedsOf(text: string): readonly { readonly sequences: number; readonly tokensPerSecond: number }[] {
  return text.split(',').map((pair) => {
    const [, sequences, speed] = /^\s*(\d{1,4}):(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    const value = { sequences: Number(sequences), tokensPerSecond: Number(speed) };
    if (value.sequences >= 1 && value.tokensPerSecond > 0) return value;
    const problem = `--speeds is ${text}; expected pairs of sequences and tokens per second, such as 1:40,4:150,16:480.`;
    throw new TiegelError('TGL_USAGE', { problem });
  });
}

function printPlan(terminal: Terminal, { facts, rows, needed, headRoom }: Plan, wait: number): void {
  const seconds = (value: number): string => `${Number(value.toPrecision(3))} s`;
  terminal.print(
    terminal.bold(`${facts.requests} requests of ${facts.clients} clients in ${duration(facts.seconds)}`),
  );
  terminal.print(
    `  gaps vary ${facts.gapVariation.toFixed(1)} times as much as independent ones; the largest client has ${(100 * facts.topClient).toFixed(0)} % of the tokens`,
  );
  terminal.print('  replicas   first token: half / 95 of 100 (redrawn traces)   idle   M/M/k says');
  for (const row of rows) {
    const spread = `(${seconds(row.p95Low)} to ${seconds(row.p95High)})`;
    terminal.print(
      `  ${String(row.replicas).padStart(8)}   ${`${seconds(row.p50)} / ${seconds(row.p95)} ${spread}`.padEnd(45)} ` +
        `${(100 * row.idle).toFixed(0).padStart(4)} %  ${row.formulaP95 === null ? 'overloaded' : seconds(row.formulaP95)}` +
        `${row.replicas === needed ? '  <- needed' : ''}`,
    );
  }
  terminal.print(
    needed === null
      ? `  No fleet of up to 64 replicas gives 95 of 100 requests their first token within ${wait} s.`
      : `  ${needed} replicas give 95 of 100 requests their first token within ${wait} s.`,
  );
  if (headRoom !== null) terminal.print(`  They still do with ${headRoom.toFixed(2)} times these requests.`);
}

function printCosts(terminal: Terminal, costs: PlanCosts, source: string | undefined): void {
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  terminal.print(
    `  the fleet costs ${short(costs.perHour)} an hour, ${short(costs.perMillionCompletionTokens)} for a million tokens of replies`,
  );
  if (costs.perCorrectAnswer !== null)
    terminal.print(`  a correct answer costs ${short(costs.perCorrectAnswer)}`);
  if (costs.hostedPerHour === null || costs.breakEven === null) return;
  terminal.print(`  the host would ask ${short(costs.hostedPerHour)} an hour (${source})`);
  terminal.print(
    `  both cost the same at ${short(costs.breakEven)} times these requests, were they served by the same fleet`,
  );
}
