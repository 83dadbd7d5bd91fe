// What an assessment knew and what will be known later: the advisories that concern its runtime, and, where a policy
// decides, the attacks. A record that was made without some of them is stale.
import { type Digest, digestOfJson } from '../../base/index.ts';
import type { AdmissionRecord, AssessmentBasis } from '../../catalog/index.ts';
import { attackNames, createAttack } from '../attacks/registry.ts';
import { advisoriesAgainst } from '../probes/file/advisories.ts';

export function assessmentBasis(runtimeBuild: string, byPolicy: boolean): AssessmentBasis {
  return { advisories: advisoriesDigest(runtimeBuild), ...(byPolicy && { attacks: attacksDigest() }) };
}

/** What has become known since a record was made, in a sentence, for `openCatalog`; undefined if nothing, or if the record does not say. */
export function outdatedSince({ basis = {}, subject }: AdmissionRecord): string | undefined {
  if (basis.advisories !== undefined && basis.advisories !== advisoriesDigest(subject.runtimeBuild))
    return `the advisories on ${subject.runtimeBuild} have changed since it was assessed`;
  if (basis.attacks !== undefined && basis.attacks !== attacksDigest())
    return 'there are other attacks now than those known when it was assessed';
  return undefined;
}

/** Digest of the advisories that concern the build, whatever else the list contains and however old it is. */
function advisoriesDigest(runtimeBuild: string): Digest {
  return digestOfJson(advisoriesAgainst(runtimeBuild, 0).matches.map(({ id, state }) => [id, state]));
}

function attacksDigest(): Digest {
  return digestOfJson(attackNames.map((name) => [name, createAttack(name).version]));
}
