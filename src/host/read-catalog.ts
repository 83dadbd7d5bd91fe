// The gateway's question what models there are and why they may be served, answered out of the catalog: by what the running server admitted,
// else by what is recorded.
import type {
  AdmissionRecord,
  Catalog,
  NotAdmitted,
  ServingConfiguration,
  Variant,
} from '../catalog/index.ts';
import type { CatalogModelFacts, ModelDirectory, ReadCatalog } from '../gateway/index.ts';

type Recorded = AdmissionRecord | NotAdmitted;
type Stored = Pick<CatalogModelFacts, 'size' | 'quantisation' | 'license'>;

export type CatalogReaderOptions = {
  readonly catalog: Catalog;
  /** What is served. */
  readonly models: ModelDirectory;
  /** How a variant would be served. */
  readonly servingOf: (variant: Variant) => Promise<ServingConfiguration>;
};

export function catalogReader({ catalog, models, servingOf }: CatalogReaderOptions): ReadCatalog {
  /** Undefined for what is not served. */
  const servedRecord = async (name: string): Promise<AdmissionRecord | undefined> => {
    const entry = await models.resolve(name);
    if (entry === undefined || 'notAdmitted' in entry || entry.withdrawn?.aborted) return undefined;
    return entry.admitted.record;
  };
  return async () => {
    const found: CatalogModelFacts[] = [];
    for (const variant of catalog.variants.list().variants) {
      const { weights, quantisation, license } = variant.manifest;
      const record = await servedRecord(variant.name);
      const serving = record ?? (await servingOf(variant));
      const recorded =
        'issued' in serving ? serving : await catalog.admissions.unverifiedRecordOf(variant, serving);
      const stored = { size: weights.bytes, quantisation, license };
      found.push(factsOf(variant.name, record !== undefined, recorded, stored));
    }
    for (const { name } of catalog.remotes.list().models) {
      const record = await servedRecord(name);
      const entry = await models.resolve(name);
      const reason = entry !== undefined && 'notAdmitted' in entry ? entry.notAdmitted : 'it was withdrawn';
      const recorded = record ?? { admitted: false as const, state: 'quarantined' as const, reason };
      const stored = { size: null, quantisation: null, license: null };
      found.push(factsOf(name, record !== undefined, recorded, stored));
    }
    return found;
  };
}

function factsOf(name: string, served: boolean, recorded: Recorded, stored: Stored): CatalogModelFacts {
  if ('admitted' in recorded) {
    const { state, reason, revocation } = recorded;
    return {
      ...{ name, served, state, reason, ...stored, conditions: [], probes: [], evidence: null },
      decidedBy: revocation?.policy ?? null,
      decidedAt: revocation === undefined ? null : Date.parse(revocation.time),
      expiresAt: null,
    };
  }
  const { verdict, battery, policy, probes, evidence, conditions = [], issued, expires } = recorded;
  const decider = policy ?? battery;
  return {
    ...{ name, served, reason: null, ...stored, evidence },
    state: verdict === 'pass' ? 'admitted' : 'admitted-with-conditions',
    decidedBy: `${decider.name} ${decider.version}`,
    conditions: conditions.map(({ filter }) => filter),
    probes: probes.map((probe) => ({ name: probe.name, reason: probe.reason })),
    ...{ decidedAt: Date.parse(issued), expiresAt: Date.parse(expires) },
  };
}
