// /v1/x/people, our own: somebody is added to the organisation, and gets a link for a first sign-in from whoever may give them all that
// they can do. What OpenAI's API has of people stands in members.ts.
import type { FastifyRequest } from 'fastify';
import { personRequest, signInLinkReply, userReply } from '../../wire/index.ts';
import { json, type Route } from '../routes/route.ts';
import type { Administration } from './administration.ts';
import { askerOf, changeRoute, changeRouteWithBody, paramsOf } from './attempt.ts';
import { userOf } from './members.ts';
import { secondsOf } from './pages.ts';

const path = '/v1/x/people';
const scope = 'accounts:write';

export function peopleRoutes(administration: Administration): readonly Route[] {
  const { users } = administration;
  return [
    changeRouteWithBody(
      administration,
      {
        ...{ method: 'POST', path, scope, summary: 'Adds a person to the organisation, with a role' },
        ...{ action: 'user.added', targetType: 'principal' },
        body: personRequest,
        replies: json(userReply),
      },
      async (_, request, reply, { name, email, role }) =>
        reply.send(userOf(await users.add(askerOf(request), { name, email: email ?? null, role }))),
    ),
    changeRoute(
      administration,
      {
        ...{ method: 'POST', path: `${path}/{user}/link`, scope },
        summary: 'Makes a link that signs a person in, once and within ten minutes',
        ...{ action: 'login.link.created', targetType: 'principal' },
        replies: json(signInLinkReply),
      },
      async (_, request, reply) => {
        const { token, expiresAt } = await users.createLink(askerOf(request), paramsOf(request).user ?? '');
        const url = `${originOf(request)}/sign-in#${token}`;
        return reply
          .header('cache-control', 'no-store')
          .send({ object: 'sign_in_link', url, expires_at: secondsOf(expiresAt) });
      },
    ),
  ];
}

/** By which the asking browser, or program, reaches the server; both headers were checked. */
function originOf({ headers: { origin, host } }: FastifyRequest): string {
  return origin ?? `http://${host}`;
}
