// What the gateway asks before a request leaves for an engine: the policy of whoever asks, over the places of the model.
import { type EnginePlace, TiegelError } from '../base/index.ts';
import type { Principal } from '../traffic/index.ts';
import { permittedOf } from './policy/may-serve.ts';
import type { Policy } from './policy/policy.ts';

/** The policy that holds for somebody at this moment; 0 is the version of the default. */
export type PolicyInForce = { readonly policy: Policy; readonly version: number };

/** Synchronous, because nothing may change between the question and the request that leaves. */
export type PoliciesInForce = {
  readonly of: (principal: Pick<Principal, 'organisation' | 'account'>) => PolicyInForce;
};

/** @throws TGL_POLICY_NO_ENGINE, from the function, naming the rule for each place of the model */
export function permittedPlaces(
  policies: PoliciesInForce,
): (
  principal: Pick<Principal, 'organisation' | 'account'>,
  model: { readonly name: string; readonly places: readonly EnginePlace[] },
) => { readonly indices: readonly number[]; readonly policyVersion: number } {
  return (principal, { name: model, places }) => {
    const { policy, version } = policies.of(principal);
    const permitted = permittedOf(policy, places);
    if ('indices' in permitted) return { indices: permitted.indices, policyVersion: version };
    throw new TiegelError('TGL_POLICY_NO_ENGINE', { model, version, rules: permitted.forbidden.join('; ') });
  };
}
