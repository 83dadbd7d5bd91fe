// Decides the recorded trials of an assessment once people have labelled its pilot, without asking the model anything again: what was
// generated while nobody knew how often the judges err is decided as soon as somebody does. The pilot was registered before the
// first generation, and none of its replies decides.
import { join } from 'node:path';
import { type Clock, type Entropy, identifierSource, systemEntropy, TiegelError } from '../base/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { differencesFromInstalled } from './afterwards/differences-from-installed.ts';
import { requireVerified } from './afterwards/verify-assessment.ts';
import type { PolicyAssessment } from './assess-by-policy.ts';
import { checkSignature, writeAttestation } from './attestation/attestation.ts';
import type { Registration } from './evidence/assessment-lines.ts';
import type { PolicyVerdictLine } from './evidence/conclusion-lines.ts';
import type { EvidenceLine } from './evidence/evidence-line.ts';
import { type EvidenceLog, openEvidence } from './evidence/evidence-log.ts';
import type { SealedAssessment } from './evidence/read-assessment.ts';
import { conclude, decisionLines, recordedIn } from './plan/conclusion.ts';
import { registrationIn, registrationToDecide } from './plan/registration.ts';
import { labelsFor, type ReadLabels } from './policy/judge-labels.ts';
import type { Policy } from './policy/policy.ts';
import { type Assessment, requireNoRejection, sealConclusion } from './record-conclusion.ts';
import type { PolicyBattery } from './terms/battery.ts';

export type DecideOptions = {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly entropy?: Entropy;
  /** The battery by which this program would assess a model under the policy, with which the evidence is compared. */
  readonly batteryFor: (policy: Policy) => PolicyBattery;
  /** Sealed evidence of an assessment with a pilot. */
  readonly path: string;
  /** Of its pilot. */
  readonly labels: readonly ReadLabels[];
};

const dayMs = 86_400_000;

/**
 * Leaves evidence of its own, in which the trials are those that were recorded. An admission ends as many days after the trials as its
 * policy says.
 *
 * @throws TGL_EVIDENCE_INVALID, TGL_DECISION_IMPOSSIBLE, TGL_LABELS_UNUSABLE, TGL_REJECTION_STANDS, TGL_DISK_FULL
 */
export function decideRecorded(options: DecideOptions): Assessment {
  const { catalog, clock, entropy = systemEntropy, path } = options;
  const { evidence } = requireVerified(path);
  const { registration, verdict } = decidableIn(evidence, options);
  const { model, subject, policy } = registration;
  requireNoRejection(catalog, { model, subject, policy });
  const judges = new Map(registration.judges.map((judge) => [judge.name, judge]));
  const { labels, family } = labelsFor(
    options.labels,
    { subject, family: registration.family ?? undefined },
    judges,
  );
  const deciding = registrationToDecide(registration, {
    id: identifierSource(clock, entropy)('assessment'),
    started: new Date(clock.now()).toISOString(),
    ...{ labels, family: family ?? null },
    decides: { assessment: registration.id, evidence: evidence.digest },
  });
  using log = openEvidence(join(catalog.home, 'assessments', deciding.id), { entropy });
  const lines = copyTrials(deciding, evidence, log);
  const concluded = conclude(deciding, recordedIn(lines));
  for (const line of decisionLines(concluded)) log.append(line);
  const { outcome, conditions, obstacles } = concluded;
  const { stopped, spent } = verdict;
  const finished = new Date(clock.now()).toISOString();
  log.append({ type: 'verdict', outcome, conditions, obstacles, stopped, spent, finished });
  const assessment: PolicyAssessment = { ...concluded, registration: deciding, spent, stopped };
  const decided = sealConclusion(options, assessment, log, policy.validDays - daysSince(verdict, clock));
  writeAttestation(decided.evidencePath, catalog.attestations);
  return decided;
}

function daysSince({ finished }: Pick<PolicyVerdictLine, 'finished'>, clock: Clock): number {
  return Math.max(0, (clock.now() - Date.parse(finished)) / dayMs);
}

type Decidable = { readonly registration: Registration; readonly verdict: PolicyVerdictLine };

/** What stands against a decision is said before anything is written. */
function decidableIn(
  { lines, digest }: SealedAssessment,
  { catalog, clock, path, labels, batteryFor }: DecideOptions,
): Decidable {
  const registration = registrationIn(lines);
  const verdict = lines.at(-1);
  const [first] = lines;
  const assessment = first?.type === 'assessment' ? first.id : path;
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_DECISION_IMPOSSIBLE', { assessment, problem });
  };
  if (registration === undefined || verdict?.type !== 'verdict' || !('outcome' in verdict))
    return refuse('it was not decided by a policy');
  if (registration.pilot === undefined) return refuse('it has no pilot that could have been labelled');
  if (!registration.criteria.some(({ clusters }) => clusters.length > 0))
    return refuse('it has a pilot and no other trials; assess the model with these labels');
  const foreign = labels.find((one) => one.labels.evidence !== digest);
  if (labels.length === 0 || foreign !== undefined)
    return refuse(`labels of ${foreign?.labels.assessment ?? 'nothing'} are not those of its pilot`);
  if (checkSignature(path, [catalog.attestations.publicKey]).state !== 'trusted')
    return refuse('it is not signed with the key of this installation');
  // Its fingerprint is kept only where an assessment passes that has just taken it.
  if ('remote' in registration.subject)
    return refuse('the model is on a server, and may be another one by now; assess it with these labels');
  const { policy } = registration;
  const differences = differencesFromInstalled(registration, batteryFor(policy));
  if (differences === null) return refuse('another version of the program made it');
  if (differences[0] !== undefined) return refuse(differences[0]);
  if (daysSince(verdict, clock) >= policy.validDays)
    return refuse(`it is older than the ${policy.validDays} days that an admission lasts`);
  return { registration, verdict };
}

/** Everything but the pilot, which stays in the evidence that it comes from. Withheld texts are withheld again. */
function copyTrials(
  registration: Registration,
  { lines, withheld }: SealedAssessment,
  log: EvidenceLog,
): readonly EvidenceLine[] {
  const pilot = new Set(registration.pilot);
  const copied = lines.flatMap((line): readonly EvidenceLine[] => {
    if (line.type === 'probe' || line.type === 'identity') return [line];
    if (line.type !== 'trial' || pilot.has(line.index)) return [];
    if (line.withheld === undefined) return [line];
    const texts = withheld?.get(line.withheld);
    if (texts === undefined)
      throw new TiegelError('TGL_DECISION_IMPOSSIBLE', {
        ...{ assessment: registration.decides?.assessment ?? registration.id },
        problem: 'its withheld texts are not at hand',
      });
    return [{ ...line, withheld: log.withhold(texts) }];
  });
  const all = [registration, ...copied];
  for (const line of all) log.append(line);
  return all;
}
