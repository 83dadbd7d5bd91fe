// Whether a policy lets an engine answer. It goes by what was declared of the engine; what nobody declared satisfies no rule.
import { type EnginePlace, isWithinRegion, placeText } from '../../base/index.ts';
import type { Policy } from './policy.ts';

/** A rule by its path in the document. */
export type Rule = 'egress' | 'engines.regions' | 'engines.operators' | 'engines.operatorCountries';

export type Permission =
  | { readonly allowed: true }
  /** The first rule that forbids it. */
  | { readonly allowed: false; readonly rule: Rule };

export function mayServe({ engines, egress }: Policy, place: EnginePlace): Permission {
  const { region, operator, ownHardware } = place;
  const { regions, operators, operatorCountries } = engines;
  if (egress === 'own-hardware' && !ownHardware) return forbidden('egress');
  if (regions !== 'any' && !regions.some((area) => region !== null && isWithinRegion(region, area)))
    return forbidden('engines.regions');
  if (ownHardware) return { allowed: true };
  if (operators !== 'any' && (operator === null || !operators.includes(operator.name)))
    return forbidden('engines.operators');
  if (operatorCountries !== 'any' && (operator === null || !operatorCountries.includes(operator.country)))
    return forbidden('engines.operatorCountries');
  return { allowed: true };
}

function forbidden(rule: Rule): Permission {
  return { allowed: false, rule };
}

export type PermittedPlacesOf =
  | { readonly indices: readonly number[] }
  /** For each place that is forbidden, once: the rule and the place. */
  | { readonly forbidden: readonly string[] };

/** Which of these places may answer, as ascending indices, or why none may. */
export function permittedOf(policy: Policy, places: readonly EnginePlace[]): PermittedPlacesOf {
  const permissions = places.map((place) => mayServe(policy, place));
  const indices = permissions.flatMap(({ allowed }, index) => (allowed ? [index] : []));
  if (indices.length > 0) return { indices };
  const reasons = permissions.map((permission, index) => {
    const place = placeText(places[index] as EnginePlace);
    return permission.allowed ? '' : `${permission.rule} (${place})`;
  });
  return { forbidden: [...new Set(reasons)] };
}
