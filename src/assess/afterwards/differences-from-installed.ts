// What evidence was registered with and this version of the program does not have under the same name: whoever writes evidence
// can also write a policy that asks for less, items that are easier, or a judge that is said to be better than it is.
import { canonicalJson, type Json, readPackageFile } from '../../base/index.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import { probeDigest } from '../plan/registration.ts';
import { registryOf } from '../plan/registry.ts';
import { type Policy, shippedPolicy } from '../policy/policy.ts';
import type { PolicyBattery } from '../terms/battery.ts';

/**
 * In sentences, none where all is the same; null for evidence of another version of the program, which may have had others. Only
 * what the program has is compared: neither an operator's policy and items under names of their own, nor what a larger
 * model ruled.
 *
 * @param battery by which this program would assess such a model under the same policy
 */
export function differencesFromInstalled(
  registration: Registration,
  battery: PolicyBattery,
): readonly string[] | null {
  const { program, policy, probes, attacks, judges, attacker, judgeModel } = registration;
  if (program.version !== readPackageFile().version) return null;
  const installed = registryOf(battery, attacker !== undefined);
  const found: string[] = [];
  const shipped = shippedPolicy(policy.name);
  if (shipped !== undefined && !asksForAsMuch(policy, shipped))
    found.push(`its policy is called ${policy.name} and asks for less than the one of that name here`);
  for (const { name, version, digest } of probes) {
    const own = installed.probes.get(name);
    if (own !== undefined && (own.version !== version || probeDigest(own) !== digest))
      found.push(`its probe ${name} has other items than the one here`);
  }
  for (const { name, version } of attacks) {
    const own = installed.attacks.get(name);
    if (own !== undefined && own.version !== version)
      found.push(`its attack ${name} is not the version that is here`);
  }
  for (const { name, version, digest, admission, chains } of judgeModel === undefined ? judges : []) {
    const own = installed.judges.get(name);
    if (own !== undefined && !same({ version, digest, admission, chains }, own, judgeMembers))
      found.push(`its judge ${name} is another one than here, or is said to be better or worse`);
  }
  return found;
}

const judgeMembers = ['version', 'digest', 'admission', 'chains'] as const;

/** Criteria may be added to a shipped policy, as an operator's own items do. */
function asksForAsMuch({ criteria, ...rest }: Policy, { criteria: least, ...shipped }: Policy): boolean {
  const stated = new Set(criteria.map((criterion) => textOf(criterion)));
  return textOf(rest) === textOf(shipped) && least.every((criterion) => stated.has(textOf(criterion)));
}

function same<Name extends string>(
  one: Readonly<Partial<Record<Name, unknown>>>,
  other: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): boolean {
  return names.every((name) => textOf(one[name] ?? null) === textOf(other[name] ?? null));
}

function textOf(value: unknown): string {
  return canonicalJson(value as Json);
}
