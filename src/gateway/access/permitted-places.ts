// The part of a model that a request may reach: asked before anything of the request leaves, so that neither the choice of a
// replica nor a retry nor a fallback can go past it.
import type { EnginePlace } from '../../base/index.ts';
import type { Principal } from '../../traffic/index.ts';
import type { GatewayRequest } from '../request.ts';
import type { ServedModel } from './served-model.ts';

/**
 * Which places of a model may answer somebody, as ascending indices, at least one, and the version of the policy that says so.
 *
 * @throws TGL_POLICY_NO_ENGINE where none may
 */
export type PermittedPlaces = (
  principal: Principal,
  model: { readonly name: string; readonly places: readonly EnginePlace[] },
) => { readonly indices: readonly number[]; readonly policyVersion: number };

/** The model with what of its engine the request may reach, which is noted in the request. @throws TGL_POLICY_NO_ENGINE */
export function withinPermitted(
  permitted: PermittedPlaces | undefined,
  request: Pick<GatewayRequest, 'principal' | 'places' | 'policyVersion'>,
  model: ServedModel,
): ServedModel {
  const { principal } = request;
  if (permitted === undefined) {
    request.places = model.places;
    return model;
  }
  if (principal === null) throw new TypeError('withinPermitted: nobody knows who asks');
  const { places, engine } = model;
  const { indices, policyVersion } = permitted(principal, { name: engine.model, places });
  if (indices.length === 0) throw new TypeError('withinPermitted: no place is left, and nobody said why');
  request.policyVersion = policyVersion;
  request.places = places.filter((_, index) => indices.includes(index));
  if (indices.length === places.length) return model;
  if (engine.within === undefined) throw new TypeError(`withinPermitted: ${engine.model} has no replicas`);
  return {
    ...model,
    engine: engine.within(indices),
    places: request.places,
  };
}

/** For what is not a model, such as a server that scores answers. @throws TGL_POLICY_NO_ENGINE */
export function requirePermitted(
  permitted: PermittedPlaces | undefined,
  { principal }: Pick<GatewayRequest, 'principal'>,
  name: string,
  place: EnginePlace,
): void {
  if (permitted === undefined) return;
  if (principal === null) throw new TypeError('requirePermitted: nobody knows who asks');
  permitted(principal, { name, places: [place] });
}
