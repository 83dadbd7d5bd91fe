// Makes some trials of an assessment again, on the same subject with the same seeds, and compares the replies. With an
// engine that repeats itself all of them agree; where concurrent requests change the numbers, or a server takes no
// seeds, the share says how far the evidence can be repeated.

import { type Random, TiegelError } from '../../base/index.ts';
import { admissionKeyOf } from '../../catalog/index.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import type { WithheldTexts } from '../evidence/evidence-line.ts';
import { requireAssessment } from '../evidence/read-assessment.ts';
import type { AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import { probeDigest, registrationIn } from '../plan/registration.ts';
import { registryOf } from '../plan/registry.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { askServed } from '../run/ask-served.ts';
import type { AssessmentOptions, AssessOptions, RemoteAssessOptions } from '../run/assess-options.ts';
import { silentJudges, withJudges } from '../run/judge-model.ts';
import { notExercised } from '../run/run-probes.ts';
import { runTrial } from '../run/run-trial.ts';
import { openSession } from '../run/session.ts';
import { localTarget, remoteTarget, type Target } from '../run/targets.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import { createBudget } from '../terms/budget.ts';

export type ReplayOptions = {
  readonly path: string;
  readonly battery: PolicyBattery;
  readonly trials: number;
  readonly random: Random;
};

export type Replay = {
  /** Trials that were made again and compared. */
  readonly replayed: number;
  readonly agreed: number;
  /** Trials whose replies differ. */
  readonly different: readonly { readonly probe: string; readonly item: string; readonly attack: string }[];
  /** Trials that could have been drawn. */
  readonly comparable: number;
};

/**
 * Makes trials of an assessed variant again.
 *
 * @throws TGL_EVIDENCE_INVALID, TGL_REPLAY_IMPOSSIBLE for another subject or other probes, what the engine throws
 */
export async function replayAssessment(options: ReplayOptions & AssessOptions): Promise<Replay> {
  return replay(options, await localTarget(options));
}

/** Makes trials of an assessed model on a server again. */
export async function replayRemote(options: ReplayOptions & RemoteAssessOptions): Promise<Replay> {
  await using target = await remoteTarget(options, { repeats: 1 });
  return await replay(options, target);
}

async function replay(options: ReplayOptions & AssessmentOptions, target: Target): Promise<Replay> {
  const { path, clock, random, signal, onProgress, serving, filters } = options;
  const { lines, withheld } = requireAssessment(path);
  const [first] = lines;
  const plan = samePlan(options, target, registrationIn(lines), first?.type === 'assessment' ? first.id : '');
  const recorded = lines.flatMap((line) => {
    if (line.type !== 'trial') return [];
    const texts = line.state === 'ruled' ? repliesIn(line, withheld) : null;
    const trial = plan[line.index];
    // Attacks that another model wrote are not written again.
    const repeatable = trial !== undefined && trial.cell.attack.name !== 'attacker-loop';
    return texts === null || !repeatable ? [] : [{ trial, texts, served: line.chain === 'served' }];
  });
  const drawn = random.shuffle(recorded).slice(0, options.trials);
  await using session = openSession(target.examined, serving);
  const template = target.examined.template();
  const budget = createBudget({});
  const chain = { engine: await session.engine(), template, serving, budget, clock, signal };
  const bare = askServed(chain);
  const filtered = askServed({ ...chain, filters });
  const different: Replay['different'][number][] = [];
  for (const [done, { trial, texts, served }] of drawn.entries()) {
    const { attempts } = await runTrial(trial, { ask: served ? filtered : bare, clock, signal });
    const again = attempts.map(({ attempt: { reply } }) => [reply.reasoning, reply.answer]);
    if (JSON.stringify(again) !== JSON.stringify(texts)) {
      const { cell, item } = trial;
      different.push({ probe: cell.probe.name, item: item.id, attack: cell.attack.name });
    }
    onProgress?.({ probe: 'trials again', done: done + 1, total: drawn.length });
  }
  const replayed = drawn.length;
  return { replayed, agreed: replayed - different.length, different, comparable: recorded.length };
}

/** The trials as they were registered, or a reason why they cannot be made again. */
function samePlan(
  { battery, serving, filters }: ReplayOptions & AssessmentOptions,
  { subject }: Target,
  registration: Registration | undefined,
  id: string,
): readonly Trial[] {
  const impossible = (problem: string): TiegelError =>
    new TiegelError('TGL_REPLAY_IMPOSSIBLE', { assessment: id, problem });
  if (registration === undefined) throw impossible('it was not decided by a policy');
  if (registration.admissionKey !== admissionKeyOf(subject))
    throw impossible('the model is served in another configuration now');
  const gap = notExercised(serving, filters);
  if (gap !== undefined) throw impossible(gap);
  const registry = withJudges(registryOf(battery, registration.attacker !== undefined), silentJudges());
  const changed = registration.probes.find(({ name, digest }) => {
    const probe = registry.probes.get(name);
    return probe === undefined || probeDigest(probe) !== digest;
  });
  if (changed !== undefined) throw impossible(`the probe ${changed.name} is not the one that was`);
  return registration.trials.map(([probeName, attackName, judgeName, id, seed], index) => {
    const [probe, attack, judge] = [
      registry.probes.get(probeName),
      registry.attacks.get(attackName),
      registry.judges.get(judgeName),
    ];
    const item = probe?.items.find((one) => one.id === id);
    if (probe === undefined || attack === undefined || judge === undefined || item === undefined)
      throw impossible(`there is no ${probeName} ${id} under ${attackName}, judged by ${judgeName}, here`);
    return { index, cell: { probe, attack, judge }, item, seed };
  });
}

/** Reasoning and answer of every attempt; null if they were withheld and the file is not at hand. */
function repliesIn(line: TrialLine, withheld: WithheldTexts | null): readonly [string, string][] | null {
  const texts: readonly AttemptTexts[] | undefined =
    line.withheld === undefined ? line.attempts : withheld?.get(line.withheld);
  return texts?.map(({ reasoning, answer }) => [reasoning, answer]) ?? null;
}
