// Runs a battery on one subject and, if every probe passed, has the catalog sign an admission record. Nothing is
// skipped silently: a probe that failed to run, was not run or tried nothing is inconclusive, which blocks admission.
import { join } from 'node:path';
import { identifierSource, systemEntropy, TiegelError } from '../base/index.ts';
import { admissionKeyOf, type Catalog, type Subject } from '../catalog/index.ts';
import { assessByPolicy } from './assess-by-policy.ts';
import { writeAttestation } from './attestation/attestation.ts';
import { withSeed } from './batteries/secret-seeds.ts';
import { evidenceSchema } from './evidence/assessment-lines.ts';
import { openEvidence } from './evidence/evidence-log.ts';
import { beginSecrets, endSecrets } from './recognition/assessment-secrets.ts';
import { hasChanged } from './recognition/known-answers.ts';
import { writeKnownAnswers } from './recognition/known-answers-file.ts';
import { askOnceMore, takeKnownAnswers } from './recognition/take-known-answers.ts';
import { withdrawChanged } from './recognition/withdraw-changed.ts';
import { type Assessment, recordPass, requireNoRejection, sealConclusion } from './record-conclusion.ts';
import type { AssessmentOptions, AssessOptions, RemoteAssessOptions } from './run/assess-options.ts';
import { runProbes } from './run/run-probes.ts';
import { type Examined, openSession, type Session } from './run/session.ts';
import { localTarget, remoteTarget } from './run/targets.ts';
import {
  type Battery,
  type FingerprintSettings,
  type PolicyBattery,
  type ProbeBattery,
  probesOf,
} from './terms/battery.ts';
import type { ProbeResult } from './terms/probe.ts';
import { overallVerdict } from './terms/verdict.ts';

/**
 * Runs the battery on a variant.
 *
 * @throws TGL_BLOB_CORRUPT, TGL_GGUF_*, TGL_DISK_FULL when there is nothing to assess or nowhere to write; the reason
 *   of `signal` when it aborts. Faults of the model or the engine are verdicts.
 */
export async function assess(options: AssessOptions): Promise<Assessment> {
  const { subject, examined } = await localTarget(options);
  return conduct(options, subject, examined);
}

/**
 * Runs the battery on a model on a server. Its fingerprint is part of its subject and is therefore taken first; a pass
 * is stored together with it.
 *
 * @throws what the engine throws while the fingerprint is taken, TGL_DISK_FULL, the reason of `signal`
 */
export async function assessRemote(options: RemoteAssessOptions): Promise<Assessment> {
  const { catalog, remote, onProgress, signal, trials = {}, entropy = systemEntropy } = options;
  const drawing = { resume: trials.resume === true, entropy };
  const secrets = beginSecrets(catalog.home, remote.name, drawing);
  const battery = withSeed(options.battery, secrets.seed);
  await using target = await remoteTarget(options, fingerprintOf(battery), secrets.fingerprintKey);
  const { engine, tuple, subject } = target;
  const asking = {
    ...{ engine, tuple, signal },
    onProgress: (done: number, total: number) => onProgress?.({ probe: 'recognition', done, total }),
  };
  const known = await takeKnownAnswers(asking, secrets.questionKey);
  const assessment = await conduct({ ...options, battery }, subject, target.examined);
  endSecrets(catalog.home, remote.name);
  if (assessment.verdict !== 'pass') return assessment;
  const since = await askOnceMore(asking, known);
  if (hasChanged(since)) {
    const reason = 'it was exchanged while it was assessed';
    withdrawChanged(catalog, remote, subject, reason);
    throw new TiegelError('TGL_REMOTE_CHANGED', { model: remote.name });
  }
  writeKnownAnswers(catalog.home, remote.name, since);
  catalog.remotes.recordFingerprint(remote, target.fingerprint, target.fingerprintKey);
  return assessment;
}

function fingerprintOf(battery: Battery): FingerprintSettings {
  const found = probesOf(battery).find((settings) => settings.probe === 'fingerprint');
  return found ?? { probe: 'fingerprint', repeats: 1 };
}

async function conduct(
  options: AssessmentOptions,
  subject: Subject,
  examined: Examined,
): Promise<Assessment> {
  const { battery, clock, entropy = systemEntropy } = options;
  const log = options.catalog.decisions.read();
  // What could not be recorded is not begun.
  if (!log.sound) throw new TiegelError('TGL_DECISIONS_DAMAGED', { problem: log.problem });
  const started = new Date(clock.now()).toISOString();
  const id = identifierSource(clock, entropy)('assessment');
  const admissionKey = admissionKeyOf(subject);
  const begun = { id, started, subject, admissionKey };
  await using session = openSession(examined, options.serving);
  const assessment =
    'policy' in battery
      ? await conductPolicy({ ...options, battery }, begun, session)
      : await conductProbes({ ...options, battery }, begun, session);
  writeAttestation(assessment.evidencePath, options.catalog.attestations);
  return assessment;
}

/** A failed result if a policy has rejected the subject or the officer accepts policies only, which no other battery overrules. */
function standingDecision({ admissions, officer }: Catalog, subject: Subject): readonly ProbeResult[] {
  const failed = (reason: string): readonly ProbeResult[] => [
    { name: 'standing', verdict: 'fail', reason, trials: 1, figures: {} },
  ];
  const revocation = admissions.revocationOf(subject);
  if (revocation?.policy !== undefined) {
    const { policy, time, reason } = revocation;
    return failed(
      `the policy ${policy} rejected it at ${time} (${reason}); only a policy can admit it again`,
    );
  }
  const state = officer.read();
  if (state.state === 'none') return [];
  const names = state.state === 'given' ? state.word.accepted.map(({ name }) => name).join(', ') : '';
  return failed(
    state.state === 'unsound'
      ? state.problem
      : `${state.word.officer.name} accepts policies only: ${names || 'none yet'}`,
  );
}

type Begun = Pick<Assessment, 'id' | 'started' | 'subject' | 'admissionKey'>;

async function conductProbes(
  options: AssessmentOptions & { readonly battery: ProbeBattery },
  begun: Begun,
  session: Session,
): Promise<Assessment> {
  const { catalog, battery, clock } = options;
  const { model } = session.examined;
  using evidence = openEvidence(join(catalog.home, 'assessments', begun.id));
  evidence.append({ type: 'assessment', schema: evidenceSchema, ...begun, model, battery });

  const standing = standingDecision(catalog, begun.subject);
  for (const result of standing) evidence.append({ type: 'probe', ...result });
  const probes = [...standing, ...(await runProbes(battery.probes, options, session, evidence.append))];
  const verdict = overallVerdict(probes.map((probe) => probe.verdict));
  const finished = new Date(clock.now()).toISOString();
  evidence.append({ type: 'verdict', verdict, finished, probes });
  const evidenceDigest = evidence.seal();
  const assessed = { ...begun, verdict, probes, finished };
  const { validDays } = battery;
  const passed = { ...assessed, model, battery, evidenceDigest, validDays };
  const record = verdict === 'pass' ? recordPass(catalog, passed) : null;
  return { ...assessed, evidencePath: evidence.path, evidenceDigest, record, policy: null };
}

async function conductPolicy(
  options: AssessmentOptions & { readonly battery: PolicyBattery },
  begun: Begun,
  session: Session,
): Promise<Assessment> {
  const { policy } = options.battery;
  // Rejected by more than it could show, or by somebody who has to be asked: nothing is spent on it.
  requireNoRejection(options.catalog, { model: session.examined.model, subject: begun.subject, policy });
  const { assessment, log } = await assessByPolicy({ ...options, ...begun }, session);
  using evidence = log;
  return sealConclusion(options, assessment, evidence, policy.validDays);
}
