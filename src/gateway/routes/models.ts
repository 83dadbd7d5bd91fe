// GET /v1/models and /v1/models/NAME: what is admitted and can be asked.
import type { ModelList } from '../../wire/index.ts';
import { mayAsk, requireModelAllowed } from '../access/access.ts';
import { resolveModel } from '../access/resolve-model.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

type Entry = ModelList['data'][number];

export const listModels: Handle = ({ models, limits, checkers }, request, reply) => {
  const { principal } = requestOf(request.raw);
  const shown = models.list().filter(({ name }) => mayAsk(principal, name));
  const list: ModelList = {
    ...{ object: 'list', data: shown.map(entryOf) },
    x_tiegel: { max_samples: limits.maxSamples, checkers: [...checkers.keys()] },
  };
  return reply.send(list);
};

export const showModel: Handle = async (context, request, reply) => {
  const { name } = request.params as { readonly name: string };
  const { principal } = requestOf(request.raw);
  requireModelAllowed(principal, name);
  const { created } = await resolveModel(context, name, principal);
  return reply.send(entryOf({ name, created }));
};

function entryOf({ name, created }: { readonly name: string; readonly created: number }): Entry {
  return { id: name, object: 'model', created: Math.floor(created / 1000), owned_by: 'tiegel' };
}
