// What `tiegel bench` has seen of the models that lie here, for choosing among the variants of a family.
import { type Catalog, filesDigest, measuredSpeed, nameOfReference } from '../catalog/index.ts';

/**
 * Tokens per second of one sequence on a runtime, by the reference under which a model is pulled; undefined for one that is
 * not here or was not measured.
 */
export function measuredSpeeds(
  { home, variants }: Pick<Catalog, 'home' | 'variants'>,
  runtimeBuild: string,
): (reference: string) => number | undefined {
  const here = new Map(variants.list().variants.map((variant) => [variant.name, variant]));
  return (reference) => {
    const variant = here.get(nameOfReference(reference) ?? reference);
    if (variant === undefined) return undefined;
    const rates = measuredSpeed(home, filesDigest(variant), runtimeBuild)?.rates;
    return rates?.find(({ sequences }) => sequences === 1)?.tokensPerSecond ?? undefined;
  };
}
