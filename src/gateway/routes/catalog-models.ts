// GET /v1/x/models: every model that is known here, admitted or not, and what that rests on. What can be asked is GET /v1/models.
import type { CatalogModel, CatalogModelList } from '../../wire/index.ts';
import { mayAsk } from '../access/access.ts';
import { secondsOf } from '../administration/pages.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

/** Times in milliseconds since the Unix epoch. */
export type CatalogModelFacts = Pick<
  CatalogModel,
  'state' | 'served' | 'reason' | 'conditions' | 'probes' | 'evidence' | 'size' | 'quantisation' | 'license'
> & {
  readonly name: string;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly expiresAt: number | null;
};

export type ReadCatalog = () => Promise<readonly CatalogModelFacts[]>;

export function listCatalog(readCatalog: ReadCatalog): Handle {
  return async (_, request, reply) => {
    const { principal } = requestOf(request.raw);
    const shown = (await readCatalog()).filter(({ name }) => mayAsk(principal, name));
    return reply.send({ object: 'list', data: shown.map(modelOf) } satisfies CatalogModelList);
  };
}

function modelOf({ name, decidedBy, decidedAt, expiresAt, ...facts }: CatalogModelFacts): CatalogModel {
  const seconds = (time: number | null): number | null => (time === null ? null : secondsOf(time));
  return {
    ...{ id: name, object: 'catalog_model', ...facts, decided_by: decidedBy },
    ...{ decided_at: seconds(decidedAt), expires_at: seconds(expiresAt) },
  };
}
