// GET /v1/models and /v1/models/NAME: what is admitted and can be asked.
import type { ModelList } from '../../wire/index.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { Handle } from './route.ts';

type Entry = ModelList['data'][number];

export const listModels: Handle = ({ models }, _, reply) => {
  const list: ModelList = { object: 'list', data: models.list().map(entryOf) };
  return reply.send(list);
};

export const showModel: Handle = async (context, request, reply) => {
  const { name } = request.params as { readonly name: string };
  const { created } = await resolveModel(context, name);
  return reply.send(entryOf({ name, created }));
};

function entryOf({ name, created }: { readonly name: string; readonly created: number }): Entry {
  return { id: name, object: 'model', created: Math.floor(created / 1000), owned_by: 'tiegel' };
}
