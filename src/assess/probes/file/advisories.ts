// Compares the build that is to serve with known vulnerabilities of runtimes, from a dated list that comes with the program:
// nothing is fetched. Vulnerabilities that are not in the list are not found, and an old list is reported as old.
import list from './advisories.json' with { type: 'json' };

export type Advisory = {
  readonly id: string;
  readonly component: string;
  readonly summary: string;
  /** `file`: a model file is enough. `request`: it takes a request that the gateway does not pass on. */
  readonly reach: 'file' | 'request';
  readonly source: string;
  /** `affected`: the build is older than the fix. `unknown`: they cannot be compared, or no fix is known. */
  readonly state: 'affected' | 'unknown';
};

export type AdvisoryCheck = {
  /** The date of the list, as `YYYY-MM-DD`. */
  readonly date: string;
  readonly ageDays: number;
  /** The age from which somebody should look for a newer list. */
  readonly old: boolean;
  readonly matches: readonly Advisory[];
};

const maxDays = 90;
const dayMs = 86_400_000;

type Version =
  | { readonly kind: 'release'; readonly parts: readonly number[] }
  | { readonly kind: 'build'; readonly number: number }
  | null;

/**
 * @param runtimeBuild as engines name themselves, such as `koffi 3.3.4 / llama.cpp v0.5.0 / gpu none`
 * @param now milliseconds since 1970
 */
export function advisoriesAgainst(runtimeBuild: string, now: number): AdvisoryCheck {
  const components = componentsOf(runtimeBuild);
  const matches = list.advisories.flatMap((advisory): readonly Advisory[] => {
    const { id, component, summary, source } = advisory;
    if (!components.has(component)) return [];
    const state = stateOf(components.get(component) ?? null, advisory);
    const reach = advisory.reach as Advisory['reach'];
    return state === 'fixed' ? [] : [{ id, component, summary, reach, source, state }];
  });
  const ageDays = Math.max(0, Math.floor((now - Date.parse(list.date)) / dayMs));
  return { date: list.date, ageDays, old: ageDays > maxDays, matches };
}

function componentsOf(runtimeBuild: string): ReadonlyMap<string, Version> {
  const components = new Map<string, Version>();
  for (const part of runtimeBuild.split(' / ')) {
    const [name = '', version = ''] = part.trim().toLowerCase().split(/\s+/);
    components.set(name, versionOf(version));
    // The server is llama.cpp itself and goes by its version.
    if (name === 'llama-server') components.set('llama.cpp', versionOf(version));
  }
  return components;
}

function versionOf(text: string): Version {
  const build = /^b?(\d{3,6})$/.exec(text)?.[1];
  if (build !== undefined) return { kind: 'build', number: Number(build) };
  const [, release, before] = /^v?(\d+(?:\.\d+){1,3})(-dev)?$/.exec(text) ?? [];
  if (release === undefined) return null;
  const parts = release.split('.').map(Number);
  // A build on the way to a release comes before it, and after all earlier ones.
  return { kind: 'release', parts: before === undefined ? parts : [...parts, -1] };
}

function stateOf(
  version: Version,
  fix: { readonly fixedRelease: string | null; readonly fixedBuild: number | null },
): 'fixed' | Advisory['state'] {
  if (version?.kind === 'build' && fix.fixedBuild !== null)
    return version.number >= fix.fixedBuild ? 'fixed' : 'affected';
  const fixed = versionOf(fix.fixedRelease ?? '');
  if (version?.kind !== 'release' || fixed?.kind !== 'release') return 'unknown';
  return isBefore(version.parts, fixed.parts) ? 'affected' : 'fixed';
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
