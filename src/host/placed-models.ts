// The models of the catalog, here and on servers, with the places that were declared of their engines, whether or not they are admitted.
import { type Catalog, placesOfEndpoints } from '../catalog/index.ts';
import type { PlacedModel } from '../governance/index.ts';
import type { Environment } from './environment.ts';

export function placedModels(
  { region }: Pick<Environment, 'region'>,
  catalog: Catalog,
): readonly PlacedModel[] {
  const here = { region: region ?? null, operator: null, ownHardware: true, host: null };
  return [
    ...catalog.variants.list().variants.map(({ name }) => ({ name, places: [here] })),
    ...catalog.remotes
      .list()
      .models.map(({ name, manifest }) => ({ name, places: placesOfEndpoints(manifest) })),
  ];
}
