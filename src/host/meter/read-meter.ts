// What was calibrated and reported, as it lies on disk, beside what this server does with it. A file is read again only where it changed.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp, reasonOf, TiegelError } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { ModelDirectory } from '../../gateway/index.ts';
import {
  type Calibration,
  type KeptKind,
  keptDirectory,
  type MeasuredReport,
  readCalibration,
  readReport,
} from '../../meter/index.ts';
import type { MeteredModel, MeteredModelList } from '../../wire/index.ts';
import type { OpenedPolicies } from '../effort-policies.ts';
import { calibrationBody, reportBody } from './meter-body.ts';

export type MeterSource = {
  readonly catalog: Pick<Catalog, 'home' | 'signingKey'>;
  readonly models: Pick<ModelDirectory, 'resolve'>;
  readonly states: OpenedPolicies['states'];
};

/** Files of one kind that are looked at, and bytes of one. */
const maxFiles = 200;
const maxFileBytes = 16 * 1024 * 1024;

type Found<Value> = { readonly value: Value } | { readonly problem: string };

/** By model and effort, in the order of their names. */
export function meterReader({ catalog, models, states }: MeterSource): () => Promise<MeteredModelList> {
  const calibrations = keptReader('calibrations', catalog, readCalibration);
  const reports = keptReader('reports', catalog, readReport);
  const isCurrent = async ({ model, admissionKey }: Pick<Calibration, 'model' | 'admissionKey'>) => {
    const served = await models.resolve(model);
    return (
      served !== undefined && !('notAdmitted' in served) && served.admitted.admissionKey === admissionKey
    );
  };
  return async () => {
    const found = { calibrations: await calibrations(), reports: await reports() };
    const named = new Map<string, { calibration?: Calibration; report?: MeasuredReport }>();
    for (const calibration of found.calibrations.values) named.set(nameOf(calibration), { calibration });
    for (const report of found.reports.values)
      named.set(nameOf(report), { ...named.get(nameOf(report)), report });
    const data: MeteredModel[] = [];
    for (const [, { calibration, report }] of [...named].toSorted(([one], [other]) =>
      one.localeCompare(other),
    )) {
      const either = calibration ?? report;
      if (either === undefined) continue;
      const { model, effort } = either;
      const state = states().find(
        (each) => each.model === model && each.effort === effort && each.made === calibration?.made,
      );
      data.push({
        ...{ object: 'metered_model', model, effort },
        calibration: calibration ? calibrationBody(calibration, await isCurrent(calibration)) : null,
        report: report ? reportBody(report, await isCurrent(report)) : null,
        served: state ? { replies: state.replies, drifted: state.drifted } : null,
      });
    }
    return {
      object: 'list',
      data,
      unreadable: [...found.calibrations.unreadable, ...found.reports.unreadable],
    };
  };
}

function nameOf({ model, effort }: Pick<Calibration, 'model' | 'effort'>): string {
  return `${model}\n${effort ?? ''}`;
}

type Kept<Value> = {
  readonly values: readonly Value[];
  readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
};

function keptReader<Value>(
  kind: KeptKind,
  { home, signingKey }: MeterSource['catalog'],
  read: (file: string, text: string, signer: MeterSource['catalog']['signingKey']) => Value,
): () => Promise<Kept<Value>> {
  const directory = keptDirectory(home, kind);
  const known = new Map<string, { readonly stamp: string; readonly found: Found<Value> }>();

  const look = async (name: string): Promise<Found<Value>> => {
    const path = join(directory, name);
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const before = known.get(name);
      if (before?.stamp === stamp) return before.found;
      if (size > maxFileBytes) return { problem: `it has ${size} bytes, of at most ${maxFileBytes}` };
      const found = readFound(name, await readFile(path, 'utf8'));
      known.set(name, { stamp, found });
      return found;
    } catch (error) {
      return { problem: reasonOf(error) };
    }
  };
  const readFound = (name: string, text: string): Found<Value> => {
    try {
      return { value: read(name, text, signingKey) };
    } catch (error) {
      if (!TiegelError.isInstance(error)) throw error;
      return { problem: String(lookUp(error.details, 'problem') ?? error.message) };
    }
  };

  return async () => {
    const names = await namesIn(directory);
    for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
    const found = await Promise.all(names.map(async (name) => ({ file: name, ...(await look(name)) })));
    return {
      values: found.flatMap((each) => ('value' in each ? [each.value] : [])),
      unreadable: found.flatMap((each) =>
        'problem' in each ? [{ file: each.file, problem: each.problem }] : [],
      ),
    };
  };
}

/** None where nothing was measured yet. */
async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .slice(0, maxFiles);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
