// /v1/x/keys, our own: the keys of whoever is signed in. They can do no more than the person can, and belong to the account that the
// request names. A key makes no keys, so that one which leaks cannot be outlived by others.
import type { FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import {
  deletedReply,
  freshOwnKeyReply,
  ownKeyReply,
  ownKeyRequest,
  pageQuery,
  pageReply,
  rotationRequest,
} from '../../wire/index.ts';
import { requestOf } from '../request.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, Asker, OwnKeyFacts } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { expiryOf, pageOf, queryOf, secondsOf } from './pages.ts';

const listPath = '/v1/x/keys';
const path = `${listPath}/{key}`;
/** Whoever may ask models may have keys that do. */
const scope = 'inference';

export function ownKeyRoutes(administration: Administration): readonly Route[] {
  const { ownKeys } = administration;
  return [
    route({
      ...{
        method: 'GET',
        path: listPath,
        scope,
        summary: 'The keys of whoever is signed in, in all accounts',
      },
      replies: json(pageReply(ownKeyReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, pageQuery);
        const listed = await ownKeys.list(signedIn(request), query.after ?? undefined);
        return reply.send(pageOf(listed, query, keyOf));
      },
    }),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: listPath, scope, summary: 'Makes a key of whoever is signed in' },
        ...{ action: 'api_key.created', targetType: 'api_key' },
        body: ownKeyRequest,
        replies: json(freshOwnKeyReply),
      },
      async ({ clock }, request, reply, { name, scopes, models, expires_in_seconds }) => {
        const { key, secret } = await ownKeys.create(signedIn(request), accountOf(request), {
          ...{ name, expiresAt: expiryOf(clock, expires_in_seconds) },
          ...{ scopes: scopes ?? undefined, models: models ?? undefined },
        });
        return reply.header('cache-control', 'no-store').send({ ...keyOf(key), value: secret });
      },
    ),
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path: `${path}/rotate`, scope },
        summary: 'Gives a key of whoever is signed in a new secret; the old one works on for a while',
        ...{ action: 'api_key.rotated', targetType: 'api_key' },
        body: rotationRequest,
        replies: json(freshOwnKeyReply),
      },
      async (_, request, reply, { overlap_seconds, again }) => {
        const { key, secret } = await ownKeys.rotate(signedIn(request), paramsOf(request).key ?? '', {
          ...(typeof overlap_seconds === 'number' && { overlapMs: overlap_seconds * 1000 }),
          again: again ?? false,
        });
        return reply.header('cache-control', 'no-store').send({ ...keyOf(key), value: secret });
      },
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'DELETE', path, scope, summary: 'Revokes a key of whoever is signed in, for ever' },
        ...{ action: 'api_key.deleted', targetType: 'api_key' },
        replies: json(deletedReply('key.deleted')),
      },
      async (_, request, reply) => {
        const { key = '' } = paramsOf(request);
        await ownKeys.revoke(signedIn(request), key);
        return reply.send({ id: key, object: 'key.deleted', deleted: true });
      },
    ),
  ];
}

/** @throws TGL_SESSION_NEEDED */
function signedIn(request: FastifyRequest): Asker {
  const asker = askerOf(request);
  if (asker.key !== null) throw new TiegelError('TGL_SESSION_NEEDED');
  return asker;
}

/** The one that the request is charged to. */
function accountOf(request: FastifyRequest): string {
  return requestOf(request.raw).principal?.account ?? '';
}

function keyOf(key: OwnKeyFacts) {
  const { id, name, hint, account, scopes, models, createdAt, expiresAt, lastUsedAt } = key;
  return {
    ...{ id, object: 'key', name, redacted_value: hint, account, scopes, models },
    created_at: secondsOf(createdAt),
    expires_at: expiresAt === null ? null : secondsOf(expiresAt),
    expires_soon: key.expiresSoon,
    last_used_at: lastUsedAt === null ? null : secondsOf(lastUsedAt),
  };
}
