// `tiegel meter plan`: replicas for requests as they came, what is waited for and what it costs; and what demand a lower price brings.
import { seededRandom, TiegelError } from '../base/index.ts';
import {
  curveOf,
  type EngineCurve,
  type FleetPlan,
  factsOf,
  planFleet,
  readTrace,
  scaleVolume,
  type Trace,
  type TraceFacts,
} from '../meter/index.ts';
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
  readonly hosted?: string;
  readonly cheaper?: string;
};

/** Elasticities for which demand is shown: none is known of one's own clients before prices have changed often. */
const elasticities = [0.5, 1, 1.1, 1.5] as const;
const seed = 95;

export async function runMeterPlan(
  { terminal, clock }: CommandContext,
  file: string,
  flags: PlanFlags,
): Promise<ExitCode> {
  const curve = curveOf(speedsOf(flags.speeds), number('--prompt-speed', flags.promptSpeed, 1, 1e7) ?? 4_000);
  const wait = number('--wait', flags.wait, 0.001, 3_600) ?? 2;
  const replicaHour = number('--replica-hour', flags.replicaHour, 0, 1e6);
  const cheaper = number('--cheaper', flags.cheaper, 1, 100) ?? 2;
  const hosted = hostedMoney(flags.hosted, clock.now());
  const trace = readTrace(file, readTextFile(file));
  const facts = factsOf(trace);
  const plan = planFleet(trace, curve, wait);
  printPlan(terminal, facts, plan, wait);
  const demand = demandOf(trace, curve, { wait, cheaper });
  const costs =
    replicaHour === undefined || plan.needed === null
      ? null
      : costsOf(facts, { perHour: plan.needed * replicaHour, moneyOf: hosted?.moneyOf });
  if (costs !== null) printCosts(terminal, costs, hosted?.source);
  terminal.print(
    `  a price ${cheaper} times lower, by the elasticity of demand (nothing here says which one holds):`,
  );
  for (const { elasticity, units, compute, needed } of demand)
    terminal.print(
      `    ${String(elasticity).padEnd(4)} ${units.toFixed(2)} times the requests, ` +
        `${needed ?? 'more than 64'} replicas; where it is ${cheaper} times the efficiency, ${compute.toFixed(2)} times the compute`,
    );
  terminal.result({ facts, ...plan, costs, demand });
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

function printPlan(terminal: Terminal, facts: TraceFacts, { rows, needed }: FleetPlan, wait: number): void {
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
}

type Demand = {
  readonly elasticity: number;
  /** Requests over those of today, and compute where the lower price comes of that much more efficiency. */
  readonly units: number;
  readonly compute: number;
  readonly needed: number | null;
};

/** Demand of constant elasticity: units grow by the factor to its power. */
function demandOf(
  trace: Trace,
  curve: EngineCurve,
  { wait, cheaper }: { readonly wait: number; readonly cheaper: number },
): readonly Demand[] {
  return elasticities.map((elasticity) => {
    const units = cheaper ** elasticity;
    const scaled = scaleVolume(trace, units, seededRandom(seed));
    return { elasticity, units, compute: units / cheaper, needed: planFleet(scaled, curve, wait).needed };
  });
}

type Costs = {
  readonly perHour: number;
  readonly perMillionCompletionTokens: number;
  /** At the hosted price; null without one. */
  readonly hostedPerHour: number | null;
  /** Volume over that of the trace at which the fleet costs what the host asks. */
  readonly breakEven: number | null;
};

function costsOf(
  { seconds, promptTokens, completionTokens }: TraceFacts,
  {
    perHour,
    moneyOf,
  }: {
    readonly perHour: number;
    readonly moneyOf: NonNullable<ReturnType<typeof hostedMoney>>['moneyOf'] | undefined;
  },
): Costs {
  const hours = seconds / 3_600;
  const usage = { promptTokens, cachedPromptTokens: 0, completionTokens, reasoningTokens: 0 };
  const hostedPerHour = moneyOf === undefined ? null : moneyOf(usage) / hours;
  return {
    ...{ perHour, perMillionCompletionTokens: (perHour * hours * 1e6) / completionTokens, hostedPerHour },
    breakEven: hostedPerHour === null || hostedPerHour === 0 ? null : perHour / hostedPerHour,
  };
}

function printCosts(terminal: Terminal, costs: Costs, source: string | undefined): void {
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  terminal.print(
    `  the fleet costs ${short(costs.perHour)} an hour, ${short(costs.perMillionCompletionTokens)} for a million tokens of replies`,
  );
  if (costs.hostedPerHour === null || costs.breakEven === null) return;
  terminal.print(`  the host would ask ${short(costs.hostedPerHour)} an hour (${source})`);
  terminal.print(
    `  both cost the same at ${short(costs.breakEven)} times these requests, were they served by the same fleet`,
  );
}
