// Evidence of a case, signed with the key of this machine: made again from the account's week and the calibration that judged it, where both are
// still in the store. Other organisations have no names in it.
import { setImmediate } from 'node:timers/promises';
import { type Clock, canonicalJson, digestOf, type Json, TiegelError } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import {
  type Calibration,
  type CaseFile,
  type CaseMaterial,
  type ClusterMaterial,
  clusterEvidenceFrom,
  type Evidence,
  evidenceFrom,
  type GuardScore,
  shippedGuardScore,
  type UseClass,
} from '../../guard/index.ts';
import type { GuardCase, Store } from '../../store/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import { openCalibration } from './calibrations.ts';
import { isOtherOrganisation } from './case-bodies.ts';

export const casePredicate = 'urn:tiegel:predicate:guard-case:v1';

/** Calibrations that are looked through for the one that judged a case, from the newest on. */
const mostCalibrations = 20;

const another = 'another organisation';

/** @throws TGL_STORE_UNAVAILABLE */
export async function signCaseFile(
  { guard }: Pick<Store, 'guard'>,
  attestations: Catalog['attestations'],
  found: GuardCase,
  clock: Clock,
): Promise<string> {
  const material = await materialOf(guard, attestations, found);
  const evidence = evidenceOf(
    material,
    namingNobody(found.evidence as Evidence, found.organisation),
    shippedGuardScore(),
  );
  const { id, organisation, account, level, state, opened_at } = found;
  const openedAt = new Date(opened_at).toISOString();
  const file: CaseFile = {
    ...{ version: 1, taken: new Date(clock.now()).toISOString() },
    case: { id, organisation, account, level, state, openedAt },
    ...{ evidence, material },
  };
  const predicate = file as unknown as { readonly [name: string]: Json };
  const envelope = attestations.sign({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: id, digest: { sha256: digestOf(canonicalJson(predicate)) } }],
    ...{ predicateType: casePredicate, predicate },
  });
  return `${JSON.stringify(envelope)}\n`;
}

/** Made again where there is something to make it of. */
function evidenceOf(
  material: CaseMaterial | ClusterMaterial | null,
  known: Evidence,
  score: GuardScore,
): Evidence {
  if (material === null) return known;
  return 'state' in material
    ? evidenceFrom(material, score)
    : clusterEvidenceFrom(material, known.cluster, score);
}

/** Null where the week or the calibration is gone. */
async function materialOf(
  guard: Store['guard'],
  attestations: Catalog['attestations'],
  found: GuardCase,
): Promise<CaseMaterial | ClusterMaterial | null> {
  const { calibrated, judgement, cluster } = found.evidence as Evidence;
  const { organisation, account, week } = found;
  const whole = await calibrationMade(guard, attestations, calibrated);
  if (whole === undefined) return null;
  // Of before states were kept with what was found.
  if (cluster !== undefined && cluster.state === undefined) return null;
  if (cluster !== undefined) {
    const classes = [cluster.useClass, ...cluster.texts.map(({ useClass }) => useClass)];
    return { week, calibration: calibrationFor(whole, classes, organisation) };
  }
  const stored = await guard.weekOf(organisation as OrganisationId, account as AccountId, week);
  const { useClass, thresholds } = judgement;
  if (stored === undefined || whole.classes[useClass] === undefined) return null;
  return {
    ...{ week, useClass, cleared: thresholds.ask },
    state: Buffer.from(stored.state).toString('base64'),
    calibration: calibrationFor(whole, [useClass], organisation),
  };
}

/** Of some classes, with no other organisation's name. */
function calibrationFor(
  { linkage, classes, ...calibration }: Calibration,
  wanted: readonly UseClass[],
  organisation: string,
): Calibration {
  const known = Object.entries(classes).filter(([useClass]) => wanted.some((each) => each === useClass));
  return {
    ...calibration,
    classes: Object.fromEntries(
      known.map(([useClass, one]) => [useClass, { ...one, kinds: kindsFor(one.kinds, organisation) }]),
    ),
  };
}

async function calibrationMade(
  guard: Store['guard'],
  attestations: Catalog['attestations'],
  made: string,
): Promise<Calibration | undefined> {
  const newest = (await guard.calibration())?.version ?? 0;
  for (let version = newest; version > Math.max(0, newest - mostCalibrations); version--) {
    const envelope = (await guard.calibration(version - 1, version))?.envelope;
    await setImmediate();
    const found = envelope === undefined ? undefined : soundCalibration(attestations, envelope);
    if (found?.made === made) return found;
  }
  return undefined;
}

/** Undefined for one that is not used any more. */
function soundCalibration(attestations: Catalog['attestations'], envelope: string): Calibration | undefined {
  try {
    return openCalibration(attestations, envelope, shippedGuardScore());
  } catch (error) {
    if (TiegelError.isInstance(error)) return undefined;
    throw error;
  }
}

function kindsFor(kinds: readonly string[], organisation: string): readonly string[] {
  return [...new Set(kinds.map((kind) => (isOtherOrganisation(kind, organisation) ? another : kind)))];
}

function namingNobody(evidence: Evidence, organisation: string): Evidence {
  const { cluster, ...facts } = { ...evidence, kinds: kindsFor(evidence.kinds, organisation) };
  if (cluster === undefined) return facts;
  const members = cluster.members.map((member) =>
    member.organisation === organisation ? member : { ...member, organisation: another, account: another },
  );
  return { ...facts, cluster: { ...cluster, members } };
}
