// The guard over HTTP, out of the store: what it looked at, and what holds for all organisations. Whoever asks sees what is of their
// organisation; of others nothing is told, not even their names where a calibration has them.
import { type Clock, TiegelError } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { GuardAdministration } from '../../gateway/index.ts';
import {
  type Calibration,
  type GuardScore,
  judgedClasses,
  shippedGuardScore,
  standingOf,
  startOfWeek,
  weekOf,
} from '../../guard/index.ts';
import type { GuardStatus } from '../../wire/index.ts';
import { organisationOf, type Refused } from '../administration/asker.ts';
import type { HostStore } from '../open-store.ts';
import { administerCases } from './administer-cases.ts';
import { administerUses } from './administer-uses.ts';
import { openCalibration } from './calibrations.ts';
import { secondsOf } from './case-bodies.ts';
import { driftSince } from './drift-since.ts';
import type { GuardSetting } from './guard-setting.ts';

export type GuardAdministrationOptions = {
  readonly attestations: Catalog['attestations'];
  /** Of TIEGEL_GUARD. */
  readonly setting: GuardSetting | undefined;
  readonly clock: Clock;
  readonly refused: Refused;
};

export function guardAdministrationOf(
  { store }: Pick<HostStore, 'store'>,
  options: GuardAdministrationOptions,
): GuardAdministration {
  const { attestations, setting, clock } = options;
  const { guard } = store;
  const score = shippedGuardScore();
  const calibrations = calibrationReader(store, attestations, score);
  return {
    status: async (asker) => {
      const organisation = organisationOf(asker);
      const { calibration, problem } = await calibrations.newest();
      const week = weekOf(clock.now());
      const observed = await guard.observedIn(organisation, week);
      return {
        ...{ object: 'guard', setting: setting ?? (calibration === undefined ? 'off' : 'ask') },
        ...{ since: secondsOf(startOfWeek(week)), ...observed },
        open_cases: await guard.countOpenCases(organisation),
        ...calibrated(calibration, problem),
      };
    },
    calibration: async () => {
      const { calibration, version, problem } = await calibrations.newest();
      if (calibration === undefined)
        throw version === undefined
          ? new TiegelError('TGL_GUARD_CALIBRATION_MISSING')
          : new TiegelError('TGL_GUARD_CALIBRATION_INVALID', { problem: problem ?? '' });
      const { made, traffic, classes, linkage } = calibration;
      const drift = await driftSince(guard, score, calibration, weekOf(clock.now()) - 1);
      return {
        ...{ object: 'guard_calibration', version: version ?? 0, made_at: secondsOf(Date.parse(made)) },
        ...{ source: traffic.source, weeks: traffic.weeks, links_accounts: linkage !== undefined },
        kinds: judgedClasses.flatMap((name) => {
          const known = classes[name];
          return known === undefined ? [] : [{ class: name, kinds: known.kinds }];
        }),
        drift: drift.map(({ useClass, weeks, p, drifted }) => ({ class: useClass, weeks, p, drifted })),
      };
    },
    ...administerCases(store, options),
    ...administerUses(store, options),
  };
}

function calibrated(
  calibration: Calibration | undefined,
  problem: string | null,
): Pick<GuardStatus, 'calibrated_at' | 'problem' | 'rate' | 'classes'> {
  if (calibration === undefined) return { calibrated_at: null, problem, rate: null, classes: [] };
  const { made, rate } = calibration;
  return {
    ...{ calibrated_at: secondsOf(Date.parse(made)), problem: null, rate },
    classes: standingOf(calibration).map(({ useClass, honestWeeks, needed, canAlarm }) => ({
      ...{ class: useClass, honest_weeks: honestWeeks, needed, can_alarm: canAlarm },
    })),
  };
}

type Newest = {
  /** Undefined where there is none, or it is not used: then `problem` says why. */
  readonly calibration: Calibration | undefined;
  readonly version: number | undefined;
  readonly problem: string | null;
};

/** Keeps the newest one, which is read again when there is another. */
function calibrationReader(
  { guard }: HostStore['store'],
  attestations: Catalog['attestations'],
  score: GuardScore,
): { readonly newest: () => Promise<Newest> } {
  let known: Newest = { calibration: undefined, version: undefined, problem: null };
  return {
    newest: async () => {
      const newer = await guard.calibration(known.version);
      if (newer === undefined) return known;
      const { version, envelope } = newer;
      try {
        known = { version, calibration: openCalibration(attestations, envelope, score), problem: null };
      } catch (error) {
        if (!TiegelError.isInstance(error)) throw error;
        known = { version, calibration: undefined, problem: error.message };
      }
      return known;
    },
  };
}
