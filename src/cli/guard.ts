// `tiegel guard status`, `cases`, `show`, `clear` and `declare`: what the guard knows, read from the store beside whatever server uses it.
import { oneLine, TiegelError, writeFileAtomically } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  type Calibration,
  declarableClasses,
  type Evidence,
  shippedGuardScore,
  standingOf,
  startOfWeek,
  weekOf,
} from '../guard/index.ts';
import { clearWithMeasures, openCalibration, signCaseFile } from '../host/index.ts';
import { type GuardCase, parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';
import { type StoreFlags, timeText, withStore } from './with-store.ts';

export async function runGuardStatus(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  const { terminal, clock, environment } = context;
  return withStore(context, flags, async ({ store, organisation }) => {
    const { attestations } = openCatalog({ home: environment.home, clock });
    const newest = await store.guard.calibration();
    const read = (): Calibration | string => {
      if (newest === undefined) return 'there is none; see `tiegel guard calibrate`';
      try {
        return openCalibration(attestations, newest.envelope, shippedGuardScore());
      } catch (error) {
        if (TiegelError.isInstance(error)) return error.message;
        throw error;
      }
    };
    const found = read();
    const setting = environment.guard ?? (typeof found === 'string' ? 'off' : 'ask');
    const current = weekOf(clock.now());
    const { accounts, requests } = await store.guard.observedIn(organisation, current);
    const open = await store.guard.countOpenCases(organisation);
    const since = timeText(startOfWeek(current));
    terminal.print(`A server with these settings: ${setting}`);
    terminal.print(
      `Observed since ${since}: ${requests} requests of ${accounts} accounts; ${open} open cases`,
    );
    const classes = typeof found === 'string' ? [] : standingOf(found);
    if (typeof found === 'string') terminal.print(`Calibration: ${found}`);
    else
      terminal.print(
        `Calibration ${newest?.version} of ${found.made} on ${found.traffic.weeks} weeks (${found.traffic.source}), rate ${found.rate}`,
      );
    for (const { useClass, honestWeeks, needed, kinds, canAlarm } of classes)
      terminal.print(
        `  ${useClass}: ${honestWeeks} honest weeks of ${kinds} kinds; ${canAlarm ? 'can alarm' : `nothing can alarm before there are ${needed}`}`,
      );
    const calibration = typeof found === 'string' ? { problem: found } : { ...found, classes };
    terminal.result({ setting, calibration, accounts, requests, openCases: open });
    return 0;
  });
}

export async function runGuardCases(
  context: CommandContext,
  { all = false, ...flags }: StoreFlags & { readonly all?: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  return withStore(context, flags, async ({ store, organisation }) => {
    const cases = (await store.guard.cases(organisation)).filter(({ state }) => all || state === 'open');
    for (const one of cases) terminal.print(lineOfCase(one));
    if (cases.length === 0) terminal.print('There are no cases.');
    terminal.result({ cases });
    return 0;
  });
}

export function lineOfCase({ id, account, opened_at, level, use_class, state, evidence }: GuardCase): string {
  const { cluster, judgement } = evidence as Evidence;
  const who = cluster === undefined ? account : `${account} and ${cluster.members.length - 1} more`;
  const bound = cluster?.bound ?? judgement.p;
  return `${id}  ${timeText(opened_at)}  ${who}  ${use_class}  ${level}, ${state}  p <= ${bound.toPrecision(2)}`;
}

export async function runGuardShow(
  context: CommandContext,
  id: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  const { terminal } = context;
  return withStore(context, flags, async ({ store, organisation }) => {
    const found = await store.guard.caseOf(organisation, id);
    const evidence = found.evidence as Evidence;
    terminal.print(terminal.bold(lineOfCase(found)));
    terminal.print(oneLine(evidence.verdict));
    terminal.print(
      `${evidence.requests} requests and ${evidence.traceTokens} tokens of reasoning since ${evidence.weekBegan}`,
    );
    if (evidence.cluster !== undefined) printCluster(terminal, evidence.cluster);
    for (const { feature, value, honestMedian, percentile, logOdds } of evidence.contributions)
      terminal.print(
        `  ${logOdds.toFixed(2).padStart(7)}  ${feature}: ${value.toFixed(2)}, honest median ${honestMedian.toFixed(2)}, above ${percentile} of 100 honest weeks`,
      );
    if (evidence.cluster === undefined)
      terminal.print(
        evidence.clearedBy === null
          ? 'With these five as in an honest week in the middle there would be a case all the same.'
          : `There would be no case with ${evidence.clearedBy.join(', ')} as in an honest week in the middle.`,
      );
    terminal.print(`Calibrated ${evidence.calibrated} on: ${evidence.kinds.map(oneLine).join(', ')}`);
    for (const unknown of evidence.notKnown) terminal.print(`Not known: ${unknown}`);
    terminal.result(found);
    return 0;
  });
}

/** What a case rests on, signed, for whoever is to check it elsewhere. */
export async function runGuardEvidence(
  context: CommandContext,
  id: string,
  { out, ...flags }: StoreFlags & { readonly out?: string },
): Promise<ExitCode> {
  const { terminal, clock, environment } = context;
  if (out === undefined)
    throw new TiegelError('TGL_USAGE', { problem: '--out names the file that the evidence is written to.' });
  return withStore(context, flags, async ({ store, organisation }) => {
    const found = await store.guard.caseOf(organisation, id);
    const { attestations } = openCatalog({ home: environment.home, clock });
    writeFileAtomically(out, await signCaseFile(store, attestations, found, clock), { mode: 0o600 });
    terminal.print(`The evidence of ${id} is in ${out}; \`tiegel guard verify\` makes it again.`);
    terminal.result({ case: id, out, publicKey: attestations.publicKey });
    return 0;
  });
}

const mostPrinted = 30;
export const notMeasured = 'by one kind of tests only, not measured';

function printCluster(terminal: Terminal, cluster: NonNullable<Evidence['cluster']>): void {
  const { members, links, reasons, clearedBy } = cluster;
  for (const { test, accounts, neighbours, limit, eValue } of links)
    terminal.print(
      `  ${test}: joins ${accounts}, up to ${neighbours} neighbours where ${Math.floor(limit)} are usual, e-value ${eValue}`,
    );
  for (const { organisation, account, requests, traceTokens, joinedBy, measured } of members.slice(
    0,
    mostPrinted,
  ))
    terminal.print(
      `  ${oneLine(organisation)}  ${oneLine(account)}: ${requests} requests, ${traceTokens} tokens of reasoning; joined by ${(joinedBy ?? []).join(', ')}${measured === true ? '' : `, ${notMeasured}`}`,
    );
  if (members.length > mostPrinted) terminal.print(`  and ${members.length - mostPrinted} more`);
  terminal.print(
    `Reasons: ${reasons.join(' and ')}; a measure needs two of different kinds for each account.`,
  );
  terminal.print(`There would be no case with as few neighbours as usual by ${clearedBy.join(', ')}.`);
}

export async function runGuardClear(
  context: CommandContext,
  id: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  const { terminal, clock } = context;
  if ((flags.reason ?? '').trim() === '')
    throw new TiegelError('TGL_USAGE', { problem: 'A case is cleared with a --reason, which is kept.' });
  return withStore(context, flags, async ({ store, organisation, author }) => {
    const found = await store.guard.caseOf(organisation, id);
    // Whoever has the store of a server clears all of a cluster in one act, whichever organisations have a part of it.
    const [cleared, ...others] = await clearWithMeasures(store, found, { author, clock, clearsAll: true });
    terminal.print(`${id} is cleared, and its measures have ended.`);
    if (others.length > 0)
      terminal.print(`So are ${others.length} cases that other organisations have of the same accounts.`);
    terminal.result({ case: cleared, others: others.map((one) => one.id) });
    return 0;
  });
}

export async function runGuardDeclare(
  context: CommandContext,
  account: string,
  useClass: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  const known = declarableClasses.find((each) => each === useClass);
  if (known === undefined) {
    const problem = `An account is of one of ${declarableClasses.join(', ')}; got ${useClass}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  return withStore(context, flags, async ({ store, organisation, author }) => {
    const id = parseIdentifier('account', account);
    await store.guard.declareUse(organisation, id, known, author);
    context.terminal.print(`${id} is judged as ${known} from now on.`);
    context.terminal.result({ account: id, class: known });
    return 0;
  });
}
