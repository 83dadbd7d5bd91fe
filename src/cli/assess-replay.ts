// `tiegel assess replay`: makes some trials of an assessment again and says how many replies are the same. Exit code 1
// where one differs.

import {
  fullBattery,
  type PolicyBattery,
  readRegistration,
  replayAssessment,
  replayRemote,
  withSeed,
} from '../assess/index.ts';
import { seededRandom, systemEntropy } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  assessmentTarget,
  findEvidence,
  findRemote,
  remoteAssessmentTarget,
  requireNoDraft,
} from '../host/index.ts';
import { readContentFilter } from '../reasoning/index.ts';
import { dataFrom, type PolicyFlags } from './assess-battery.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';

type ReplayFlags = Pick<PolicyFlags, 'problems' | 'data'> & {
  readonly trials?: string;
  readonly filter?: readonly string[];
  readonly draft?: string;
};

export async function runAssessReplay(
  context: CommandContext,
  evidence: string,
  flags: ReplayFlags,
): Promise<ExitCode> {
  const { environment, terminal, clock, signal } = context;
  const trials = wholeNumber('--trials', flags.trials, 1, 1_000_000) ?? 10;
  const path = findEvidence(environment.home, evidence);
  const { model, policy, battery: registered } = readRegistration(path);
  const catalog = openCatalog({ home: environment.home, clock });
  const remote = findRemote(catalog, model);
  const data = await dataFrom(flags);
  const whole = fullBattery({ policy, remote: remote !== undefined, data });
  const battery: PolicyBattery = remote === undefined ? whole : withSeed(whole, registered.seed);
  const random = seededRandom(Buffer.from(systemEntropy(6)).readUIntBE(0, 6));
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
    context.onProgress({ doing: 'Repeating trials', count: { done, total, unit: 'trials' } });
  const filters = (flags.filter ?? []).map(readContentFilter);
  if (remote !== undefined) requireNoDraft(remote, flags.draft);
  const options = { path, battery, trials, random, clock, signal, catalog, onProgress, filters };
  const replay =
    remote === undefined
      ? await replayAssessment({
          ...options,
          ...(await assessmentTarget(context, catalog, model, { filters, draft: flags.draft })),
        })
      : await replayRemote({ ...options, ...remoteAssessmentTarget(context, remote, filters) });
  context.onProgress(null);
  const { replayed, agreed, comparable, different } = replay;
  terminal.print(
    `${agreed} of ${replayed} trials gave the same replies (drawn from ${comparable} that can be repeated)`,
  );
  for (const { probe, item, attack } of different) terminal.print(`  different: ${probe} ${item}, ${attack}`);
  terminal.result({ path, ...replay });
  if (replayed === 0) return 3;
  return agreed === replayed ? 0 : 1;
}
