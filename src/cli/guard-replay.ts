// `tiegel guard replay`: what the guard would have said of a log of traffic.
import { oneLine } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  type AccountReport,
  type ClusterReport,
  collectClusters,
  driftIn,
  reportsOf,
  shippedGuardScore,
} from '../guard/index.ts';
import { openCalibration } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { replayFile } from './traffic-log.ts';
import { withStore } from './with-store.ts';

export async function runGuardReplay(context: CommandContext, file: string): Promise<ExitCode> {
  const { terminal, environment, clock } = context;
  const score = shippedGuardScore();
  return withStore(context, {}, async ({ store }) => {
    const newest = await store.guard.calibration();
    const { attestations } = openCatalog({ home: environment.home, clock });
    const calibration = newest && openCalibration(attestations, newest.envelope, score);
    const linkage = calibration && collectClusters(score, calibration);
    const weeks = await replayFile(file, score, linkage?.look);
    const accounts = reportsOf(weeks, score, calibration);
    const clusters = linkage?.reports() ?? [];
    const drift = calibration === undefined ? [] : driftIn(weeks, score, calibration);
    for (const account of accounts) terminal.print(lineOf(account));
    for (const cluster of clusters) terminal.print(lineOfCluster(cluster));
    const accused = accounts.filter((account) => account.accused).length;
    terminal.print(
      `${accused} of ${accounts.length} accounts are accused such that a tenth of accusations is false at most.`,
    );
    for (const { useClass, weeks: judged, p, drifted } of drift)
      if (drifted)
        terminal.print(
          `${terminal.bad('Drift')}: ${judged} weeks of ${useClass} are not as those of the calibration (p = ${p.toPrecision(2)}); calibrate again before believing alarms.`,
        );
    terminal.result({ calibration: newest?.version ?? null, accounts, clusters, drift });
    return 0;
  });
}

function lineOf(report: AccountReport): string {
  const { organisation, account, requests, eValue, bound, level, firstAlarm, notJudged } = report;
  const who = `${oneLine(organisation)}  ${oneLine(account)}  ${report.class}  ${requests} requests`;
  if (notJudged !== null) return `${who}  not judged: ${notJudged}`;
  const first =
    firstAlarm === null
      ? ''
      : `, first at ${new Date(1000 * firstAlarm.time).toISOString()} after ${firstAlarm.requests} requests and ${firstAlarm.traceTokens} tokens of reasoning`;
  return `${who}  ${level}  e-value ${eValue?.toPrecision(3)}, bound ${bound?.toPrecision(3)}${first}`;
}

const mostNamed = 10;

function lineOfCluster(report: ClusterReport): string {
  const { members, requests, level, eValue, bound, links, firstAlarm, reasons } = report;
  const names = members.slice(0, mostNamed).map(({ account }) => oneLine(account));
  const more = members.length > mostNamed ? ` and ${members.length - mostNamed} more` : '';
  const held = links.map(
    ({ test, accounts, neighbours, limit }) =>
      `${test} (${accounts} accounts, up to ${neighbours} neighbours where honest ones have ${Math.floor(limit)} at most)`,
  );
  const { time, accounts, novelTraceTokens } = firstAlarm;
  const measured = members.filter((member) => member.measured).length;
  return `cluster of ${members.length} accounts, ${measured} of them with two reasons  ${report.class}  ${requests} requests  ${level} for ${reasons.join(' and ')}  e-value ${eValue.toPrecision(3)}, bound ${bound.toPrecision(3)}, first at ${new Date(1000 * time).toISOString()} with ${accounts} accounts, ${firstAlarm.requests} requests and ${novelTraceTokens} tokens of reasoning; held by ${held.join(', ')}: ${names.join(', ')}${more}`;
}
