// `tiegel guard replay`: what the guard would have said of a log of traffic.
import { oneLine } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { type AccountReport, reportsOf, shippedGuardScore } from '../guard/index.ts';
import { openCalibration } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { replayFile } from './traffic-log.ts';
import { withStore } from './with-store.ts';

export async function runGuardReplay(context: CommandContext, file: string): Promise<ExitCode> {
  const { terminal, environment, clock } = context;
  const score = shippedGuardScore();
  const weeks = await replayFile(file, score);
  return withStore(context, {}, async ({ store }) => {
    const newest = await store.guard.calibration();
    const { attestations } = openCatalog({ home: environment.home, clock });
    const calibration = newest && openCalibration(attestations, newest.envelope, score);
    const accounts = reportsOf(weeks, score, calibration);
    for (const account of accounts) terminal.print(lineOf(account));
    terminal.result({ calibration: newest?.version ?? null, accounts });
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
