// Where what a subject describes runs: on this machine, or at the endpoints of a server. Read from the signed tuple and nothing
// else, so that a place that changed is a subject that nobody has admitted.
import type { DeclaredPlace, EnginePlace } from '../../base/index.ts';
import type { Subject } from './subject.ts';

/** One place an endpoint, in their order; the one of this machine for a file. */
export function placesOf(subject: Subject): readonly EnginePlace[] {
  if (!('remote' in subject)) return [placeOf({ ...subject.place, ownHardware: true }, null)];
  return placesOfEndpoints(subject.remote);
}

/** The same of a server that nobody has admitted yet. */
export function placesOfEndpoints({ endpoints, places = [] }: Endpoints): readonly EnginePlace[] {
  return endpoints.map((endpoint, index) => placeOf(places[index] ?? {}, URL.parse(endpoint)?.host ?? null));
}

type Endpoints = {
  readonly endpoints: readonly string[];
  readonly places?: readonly DeclaredPlace[];
};

function placeOf({ region, operator, ownHardware }: DeclaredPlace, host: string | null): EnginePlace {
  return { region: region ?? null, operator: operator ?? null, ownHardware: ownHardware ?? false, host };
}
