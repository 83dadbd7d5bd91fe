// /v1/organization/admin_api_keys, OpenAI's: keys that administer the organisation and ask no model.
import {
  administrationKeyListQuery,
  administrationKeyReply,
  administrationKeyRequest,
  deletedReply,
  freshAdministrationKeyReply,
  pageReply,
} from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, HolderFacts, KeyFacts } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { expiryOf, pageOf, queryOf, secondsOf } from './pages.ts';

const listPath = '/v1/organization/admin_api_keys';
const path = `${listPath}/{key}`;
const scope = 'keys:write';

export function administrationKeyRoutes(administration: Administration): readonly Route[] {
  const { administrationKeys } = administration;
  return [
    route({
      ...{ method: 'GET', path: listPath, scope, summary: 'The keys of administration' },
      replies: json(pageReply(administrationKeyReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, administrationKeyListQuery);
        const asker = askerOf(request);
        const direction = query.order === 'desc' ? -1 : 1;
        const last = query.after ? await administrationKeys.madeAt(asker, query.after) : undefined;
        const listed = (await administrationKeys.list(asker))
          .toSorted((one, other) => direction * order(one, other))
          .filter((key) => last === undefined || direction * order(key, last) > 0);
        return reply.send(pageOf(listed, query, keyOf));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...{
          method: 'POST',
          path: listPath,
          scope,
          summary: 'Makes a key of administration, which can do what the asking one can',
        },
        ...{ action: 'api_key.created', targetType: 'api_key' },
        body: administrationKeyRequest,
        replies: json(freshAdministrationKeyReply),
      },
      async ({ clock }, request, reply, { name, expires_in_seconds }) => {
        const expiresAt = expiryOf(clock, expires_in_seconds);
        const { key, secret } = await administrationKeys.create(askerOf(request), { name, expiresAt });
        return reply.send({ ...keyOf(key), value: secret });
      },
    ),
    route({
      ...{ method: 'GET', path, scope, summary: 'One key of administration, without its secret' },
      replies: json(administrationKeyReply),
      handle: async (_, request, reply) =>
        reply.send(keyOf(await administrationKeys.get(askerOf(request), paramsOf(request).key ?? ''))),
    }),
    changeRoute(
      administration,
      {
        ...{ method: 'DELETE', path, scope, summary: 'Revokes a key of administration, for ever' },
        ...{ action: 'api_key.deleted', targetType: 'api_key' },
        replies: json(deletedReply('organization.admin_api_key.deleted')),
      },
      async (_, request, reply) => {
        const { key = '' } = paramsOf(request);
        await administrationKeys.revoke(askerOf(request), key);
        return reply.send({ id: key, object: 'organization.admin_api_key.deleted', deleted: true });
      },
    ),
  ];
}

type Made = Pick<KeyFacts, 'id' | 'createdAt'>;

/** That of their making. */
function order(one: Made, other: Made): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : Number(one.id > other.id));
}

function keyOf({ id, name, hint, createdAt, expiresAt, lastUsedAt, holder }: KeyFacts) {
  return {
    ...{ id, object: 'organization.admin_api_key', name, redacted_value: hint },
    created_at: secondsOf(createdAt),
    expires_at: expiresAt === null ? null : secondsOf(expiresAt),
    last_used_at: lastUsedAt === null ? null : secondsOf(lastUsedAt),
    owner: ownerOf(holder),
  };
}

function ownerOf({ id, kind, name, createdAt, role }: HolderFacts) {
  const type = kind === 'person' ? 'user' : 'service_account';
  return {
    ...{ type, object: `organization.${type}`, id, name: name ?? '' },
    created_at: secondsOf(createdAt),
    role: role ?? 'none',
  };
}
