// What holds for an organisation or an account out of the policies of the store, and which models may answer under it.
import type { EnginePlace } from '../base/index.ts';
import type { StoredPolicy } from '../store/index.ts';
import { effectivePolicy } from './policy/combine.ts';
import { type PermittedPlacesOf, permittedOf } from './policy/may-serve.ts';
import { type Policy, parsePolicy } from './policy/policy.ts';

export type PlacedModel = { readonly name: string; readonly places: readonly EnginePlace[] };

/** What holds for an account, or for the organisation; without `stored`, for whoever has no policy of their own. @throws TGL_DATA_POLICY_INVALID */
export function policyOf(
  whole: Pick<StoredPolicy, 'version' | 'document'> | undefined,
  stored: Pick<StoredPolicy, 'account' | 'version' | 'document'> | undefined,
): { readonly version: number; readonly policy: Policy } {
  const base = whole && parsePolicy(whole.document);
  const own = stored === undefined || stored.account === null ? undefined : parsePolicy(stored.document);
  const version = Math.max(whole?.version ?? 0, stored?.version ?? 0);
  return { version, policy: effectivePolicy(base, own) };
}

export function modelsUnder(
  policy: Policy,
  models: readonly PlacedModel[],
): readonly (Pick<PlacedModel, 'name'> & PermittedPlacesOf)[] {
  return models.map(({ name, places }) => ({ name, ...permittedOf(policy, places) }));
}
