// The evidence of a case as something to take away: what it says, and the state and calibration that it follows from, so that checking it means
// making it again. A case of several accounts holds what was found of them in its evidence; how many neighbours each had among all accounts is
// taken from there. Of cases whose state is gone there is the word of whoever signed it, and no more.
import { z } from 'zod';
import { canonicalJson, TiegelError } from '../../base/index.ts';
import { type Calibration, parseCalibration } from '../calibration/calibration.ts';
import { decodeAccountWeek } from '../decision/encode-account-week.ts';
import { judge } from '../decision/judge.ts';
import { type GuardScore, shippedGuardScore } from '../score/guard-score.ts';
import { type JudgedClass, judgedClasses } from '../use-class.ts';
import { clusterCaseOf } from './cluster-case.ts';
import { foundClusterSchema } from './cluster-evidence.ts';
import { type Evidence, evidenceOf } from './evidence.ts';

export type CaseMaterial = {
  readonly week: number;
  readonly useClass: JudgedClass;
  /** The statistic up to which a person had found the use in order; the threshold where nobody had. */
  readonly cleared: number;
  /** The account's week, in base64: numbers and keyed hashes. */
  readonly state: string;
  /** Of the class alone. */
  readonly calibration: Calibration;
};

/** Of accounts that belong together: their states are in the evidence. */
export type ClusterMaterial = Pick<CaseMaterial, 'week' | 'calibration'>;

export type CaseFile = {
  readonly version: 1;
  /** ISO 8601. */
  readonly taken: string;
  readonly case: {
    readonly id: string;
    readonly organisation: string;
    readonly account: string;
    readonly level: string;
    readonly state: string;
    /** ISO 8601. */
    readonly openedAt: string;
  };
  readonly evidence: Evidence;
  readonly material: CaseMaterial | ClusterMaterial | null;
};

const week = z.int().min(0);
const schema = z.strictObject({
  version: z.literal(1),
  taken: z.iso.datetime(),
  case: z.strictObject({
    ...{ id: z.string(), organisation: z.string(), account: z.string(), level: z.string() },
    ...{ state: z.string(), openedAt: z.iso.datetime() },
  }),
  evidence: z.looseObject({ verdict: z.string(), notKnown: z.array(z.string()) }),
  material: z
    .union([
      z.strictObject({
        ...{ week, calibration: z.unknown(), useClass: z.enum(judgedClasses), cleared: z.number() },
        state: z.base64().max(100_000),
      }),
      z.strictObject({ week, calibration: z.unknown() }),
    ])
    .nullable(),
});

/** @throws TGL_GUARD_EXAMINATION_INVALID where nothing follows from the material; TGL_GUARD_STATE_INVALID, TGL_GUARD_CALIBRATION_INVALID */
export function evidenceFrom(material: CaseMaterial, score: GuardScore): Evidence {
  const { week: observed, useClass, cleared, calibration } = material;
  requireScore(calibration, score);
  const stored = decodeAccountWeek(Buffer.from(material.state, 'base64'));
  const judgement = judge(score, calibration, useClass, stored.looks, cleared);
  if (judgement === null) throw invalid('its calibration does not judge its class');
  return evidenceOf({
    ...{ score, calibration, judgement },
    ...{ week: observed, state: stored.state, looks: stored.looks },
  });
}

/**
 * Judges what was found of accounts that belong together again.
 *
 * @throws TGL_GUARD_EXAMINATION_INVALID for evidence of one account, or of before what was found was kept; TGL_GUARD_STATE_INVALID
 */
export function clusterEvidenceFrom(
  { week: observed, calibration }: ClusterMaterial,
  cluster: unknown,
  score: GuardScore,
): Evidence {
  requireScore(calibration, score);
  const found = foundClusterSchema.safeParse(cluster);
  if (!found.success) throw invalid('it does not hold what was found');
  return clusterCaseOf(found.data, { score, calibration, week: observed }).evidence;
}

/**
 * Makes the evidence of a file again.
 *
 * @returns what it says, and whether that was made again: not where its material is gone
 * @throws TGL_GUARD_EXAMINATION_INVALID with what does not follow; TGL_GUARD_STATE_INVALID, TGL_GUARD_CALIBRATION_INVALID
 */
export function verifyCaseFile(value: unknown): { readonly file: CaseFile; readonly madeAgain: boolean } {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'it is none'}`);
  }
  const { material } = parsed.data;
  const file = parsed.data as unknown as CaseFile;
  if (material === null) return { file, madeAgain: false };
  const calibration = parseCalibration(material.calibration);
  const score = shippedGuardScore();
  const again =
    'state' in material
      ? evidenceFrom({ ...material, calibration }, score)
      : clusterEvidenceFrom({ ...material, calibration }, file.evidence.cluster, score);
  if (canonicalJson(again) !== canonicalJson(file.evidence))
    throw invalid('its evidence does not follow from its material');
  return { file, madeAgain: true };
}

function requireScore({ score: wanted }: Calibration, score: GuardScore): void {
  if (wanted !== score.digest)
    throw invalid('it was judged by another score; check it with the version of the program that made it');
}

function invalid(problem: string): TiegelError {
  return new TiegelError('TGL_GUARD_EXAMINATION_INVALID', { problem });
}
