// What honest use looked like, class by class: the document that decides what an alarm is. It names the score that it holds for, and
// the kinds of traffic that it saw; of others it promises nothing.
import { z } from 'zod';
import { type Digest, TiegelError } from '../../base/index.ts';
import { featureNames } from '../account/account-features.ts';
import { type Conformal, calibrate, type HonestWeek, weeksNeeded } from '../decision/conformal.ts';
import { bandCount, type LinkageLimits } from '../linkage/limits.ts';
import { linkageTests } from '../linkage/linked-account.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { type JudgedClass, judgedClasses } from '../use-class.ts';

export type ClassCalibration = Conformal & {
  /** Of each feature, {@link profileSteps} + 1 quantiles of honest weeks at their last look. */
  readonly profile: readonly (readonly number[])[];
};

export type Calibration = {
  readonly version: 1;
  /** ISO 8601. */
  readonly made: string;
  /** The digest of the score that it holds for. */
  readonly score: Digest;
  /** How many of 1,000 honest weeks may alarm, as a rate. */
  readonly rate: number;
  /** What it was calibrated on: a log, by its digest, or weeks that servers observed. */
  readonly traffic: {
    readonly source: 'log' | 'observed';
    readonly weeks: number;
    readonly digest: string | null;
  };
  readonly classes: Readonly<Partial<Record<JudgedClass, ClassCalibration>>>;
  /** How many neighbours honest accounts have. Absent: accounts are not linked. */
  readonly linkage?: LinkageLimits;
};

const profileSteps = 20;
const quantile = z.array(z.number()).length(profileSteps + 1);

const schema: z.ZodType<Calibration> = z.strictObject({
  version: z.literal(1),
  made: z.iso.datetime(),
  score: z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>,
  rate: z.number().gt(0).lt(1),
  traffic: z.strictObject({
    source: z.enum(['log', 'observed']),
    weeks: z.int().min(0),
    digest: z.string().nullable(),
  }),
  classes: z.partialRecord(
    z.enum(judgedClasses),
    z.strictObject({
      looks: z.record(z.string(), z.strictObject({ centre: z.number(), scale: z.number().positive() })),
      maxima: z.array(z.number()),
      kinds: z.array(z.string()),
      margin: z.number().min(1),
      profile: z.array(quantile).length(featureNames.length),
    }),
  ),
  linkage: z
    .strictObject({
      accounts: z.array(z.int().min(0)).length(bandCount),
      largest: z.record(z.enum(linkageTests), z.array(z.number().min(0)).length(bandCount)),
    })
    .exactOptional(),
});

/** @throws TGL_GUARD_CALIBRATION_INVALID */
export function parseCalibration(value: unknown): Calibration {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const problem = `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'it is none'}`;
  throw new TiegelError('TGL_GUARD_CALIBRATION_INVALID', { problem });
}

export type HonestWeeks = ReadonlyMap<JudgedClass, readonly HonestWeek[]>;

/** Classes without a week that reached its first checkpoint are left out. */
export function calibrateClasses(
  score: GuardScore,
  weeks: HonestWeeks,
  described: Pick<Calibration, 'made' | 'rate' | 'traffic' | 'linkage'>,
): Calibration {
  const classes = [...weeks].flatMap(([useClass, all]): [JudgedClass, ClassCalibration][] => {
    const looked = all.filter(({ looks }) => looks.length > 0);
    if (looked.length === 0) return [];
    const conformal = calibrate(score.classes[useClass], looked);
    return [[useClass, { ...conformal, profile: profileOf(looked) }]];
  });
  return { version: 1, score: score.digest, ...described, classes: Object.fromEntries(classes) };
}

function profileOf(weeks: readonly HonestWeek[]): readonly (readonly number[])[] {
  const last = weeks.flatMap(({ looks }) => looks.findLast(({ view }) => view === 'whole') ?? []);
  return featureNames.map((_, feature) => {
    const values = last.map(({ features }) => features[feature]!).sort((a, b) => a - b);
    return Array.from({ length: profileSteps + 1 }, (__, step) => {
      return values[Math.round((step / profileSteps) * (values.length - 1))]!;
    });
  });
}

/** Of each class, whether anything of it can alarm. */
export type ClassStanding = {
  readonly useClass: JudgedClass;
  readonly honestWeeks: number;
  readonly needed: number;
  readonly kinds: number;
  readonly canAlarm: boolean;
};

export function standingOf({ classes, rate }: Calibration): readonly ClassStanding[] {
  const needed = weeksNeeded(rate);
  return judgedClasses.map((useClass) => {
    const known = classes[useClass];
    const honestWeeks = known?.maxima.length ?? 0;
    const kinds = known?.kinds.length ?? 0;
    return { useClass, honestWeeks, needed, kinds, canAlarm: honestWeeks >= needed };
  });
}

/** How many of 100 honest weeks have a smaller value, in steps of five. */
export function percentileOf(quantiles: readonly number[], value: number): number {
  const below = quantiles.filter((each) => each < value).length;
  return Math.round((100 * Math.min(below, profileSteps)) / profileSteps);
}

export function medianOf(quantiles: readonly number[]): number {
  return quantiles[profileSteps / 2]!;
}
