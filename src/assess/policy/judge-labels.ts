// What labels of its own rulings add to the standing of a judge in one assessment: counts that stand beside those that it
// carries, as strata of their own. Answers and reasoning are measured apart. What they assume is that a judge errs as often
// under the attacks of other criteria as it did under those of the labelled one.
import { type Digest, digestOfJson, type Json, TiegelError } from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';

import type { Judge, JudgeAdmission, JudgeCounts, Segment } from '../terms/trial.ts';
import type { Criterion } from './policy.ts';

/** As it is registered. */
export type JudgeLabels = {
  /** SHA-256 of the file. */
  readonly digest: Digest;
  /** From which the trials were drawn, as its evidence says. */
  readonly assessment: string;
  readonly evidence: Digest;
  readonly criterion: string;
  readonly judge: string;
  readonly judgeDigest: string;
  readonly segment: Segment;
  readonly sample: number;
  readonly seed: number;
  readonly labels: number;
  readonly counts: readonly JudgeCounts[];
  /** Seeds of the replies from which they were drawn, by which no criterion is decided. Absent for another model's. */
  readonly replies?: readonly number[];
};

/** Labels, and of what model they are. */
export type ReadLabels = { readonly labels: JudgeLabels; readonly subject: Subject };

/** What entitles a judge to decide a criterion, with labels of this assessment. */
export function admissionWith(
  { judge, metric }: Pick<Criterion, 'judge' | 'metric'>,
  carried: JudgeAdmission | null,
  labels: readonly JudgeLabels[],
): JudgeAdmission | null {
  const segment: Segment = metric === 'reasoning-rate' ? 'reasoning' : 'answer';
  const own = labels.filter((one) => one.judge === judge && one.segment === segment);
  if (carried === 'exact' || own.length === 0) return carried;
  const digests = [carried?.labels ?? null, ...own.map(({ digest }) => digest)];
  return {
    labels: digestOfJson(digests),
    counts: [...(carried?.counts ?? []), ...own.flatMap(({ counts }) => counts)],
  };
}

export type LabelledModel = { readonly subject: Subject; readonly family: string | undefined };

/**
 * The labels for an assessment, and the family of its model: what was labelled of this very model is of its family,
 * and where nobody names the family it is the labels'.
 *
 * @throws TGL_LABELS_UNUSABLE for labels of rulings by another judge than the one that rules here
 */
export function labelsFor(
  read: readonly ReadLabels[],
  { subject, family: stated }: LabelledModel,
  judges: ReadonlyMap<string, Pick<Judge, 'digest'>>,
): { readonly labels: readonly JudgeLabels[]; readonly family: string | undefined } {
  const own = read.filter((one) => isSameModel(one.subject, subject));
  const family = stated ?? own[0]?.labels.counts[0]?.family;
  const labels = read.map(({ labels: { replies, ...labels }, subject: labelled }): JudgeLabels => {
    const { criterion, assessment, judge, judgeDigest, counts } = labels;
    if (judges.get(judge)?.digest !== judgeDigest) {
      const problem = `they measure another judge than the ${judge} that rules here`;
      throw new TiegelError('TGL_LABELS_UNUSABLE', { criterion, assessment, problem });
    }
    if (!isSameModel(labelled, subject)) return labels;
    const own = family === undefined ? counts : counts.map((each) => ({ ...each, family }));
    return { ...labels, counts: own, ...(replies !== undefined && { replies }) };
  });
  return { labels, family };
}

/** The same weights, or the same place and name on a server, however it is configured. */
function isSameModel(one: Subject, other: Subject): boolean {
  if ('remote' in one && 'remote' in other) {
    const { endpoints, model } = one.remote;
    const place: Json = [endpoints, model];
    return digestOfJson(place) === digestOfJson([other.remote.endpoints, other.remote.model]);
  }
  return 'weights' in one && 'weights' in other && one.weights === other.weights;
}
