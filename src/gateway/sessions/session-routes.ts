// /v1/x/session: how somebody signs in by a link, what the session may do, and its end.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import type { Principal } from '../../traffic/index.ts';
import { deletedReply, sessionReply, sessionRequest } from '../../wire/index.ts';
import { endedCookies, isSecure, refuseForeignPage, sessionCookie } from '../access/session-cookie.ts';
import { secondsOf } from '../administration/pages.ts';
import type { ErrorWords } from '../dialects/dialect.ts';
import { requestOf } from '../request.ts';
import { json, type Route, route, routeWithBody } from '../routes/route.ts';
import { oidcRoutes } from './oidc-routes.ts';
import type { SessionFacts, SignIn } from './sign-in.ts';

const path = '/v1/x/session';

export function sessionRoutes(signIn: SignIn): readonly Route[] {
  const oidc = signIn.provider !== undefined;
  const words: ErrorWords = {
    requestIdHeader: 'x-request-id',
    // Whoever is not signed in learns how to.
    refusal: (envelope) => ({ ...envelope, sign_in: { oidc: oidc } }),
  };
  const described = (facts: SessionFacts): object => shown(facts, oidc);
  return [
    routeWithBody({
      ...{ method: 'POST', path, scope: 'public', words, body: sessionRequest },
      summary: 'Signs a person in by the token of a link, and sets the cookie of the session',
      replies: json(sessionReply),
      handle: async ({ clock, wrongTokens }, request, reply, { token }) => {
        // Nobody is to be signed in as somebody else by a page that they look at.
        refuseForeignPage(request.raw);
        const address = request.raw.socket.remoteAddress ?? '';
        wrongTokens.requireFew(address);
        const opened = await signIn.redeem(token, requestOf(request.raw).id);
        if (opened === undefined) {
          wrongTokens.count(address);
          throw new TiegelError('TGL_UNAUTHENTICATED');
        }
        const { facts, secret } = opened;
        const seconds = (facts.expiresAt - clock.now()) / 1000;
        return uncached(reply)
          .header('set-cookie', sessionCookie({ secret, seconds, isSecure: isSecure(request.raw) }))
          .send(described(facts));
      },
    }),
    route({
      ...{ method: 'GET', path, scope: 'any', words },
      summary: 'Who is signed in, and what they may do',
      replies: json(sessionReply),
      handle: async (_, request, reply) =>
        uncached(reply).send(described(await signIn.describe(signedIn(request)))),
    }),
    route({
      ...{ method: 'DELETE', path, scope: 'any', words },
      summary: 'Ends the session; its running requests end too',
      replies: json(deletedReply('session.deleted')),
      handle: async (_, request, reply) => {
        const principal = signedIn(request);
        await signIn.end(principal, requestOf(request.raw).id);
        return uncached(reply)
          .header('set-cookie', [...endedCookies()])
          .send({ id: principal.session, object: 'session.deleted', deleted: true });
      },
    }),
    ...oidcRoutes(signIn),
  ];
}

/** @throws TGL_UNAUTHENTICATED for whoever shows a key, which is no session */
function signedIn(request: FastifyRequest): Principal {
  const { principal } = requestOf(request.raw);
  if (principal === null || principal.session === null) throw new TiegelError('TGL_UNAUTHENTICATED');
  return principal;
}

function uncached(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}

function shown({ expiresAt, expiringKeys, ...facts }: SessionFacts, oidc: boolean): object {
  const expiring_keys = expiringKeys.map(({ id, name, expiresAt: end }) => ({
    id,
    name,
    expires_at: secondsOf(end),
  }));
  return { object: 'session', ...facts, expires_at: secondsOf(expiresAt), expiring_keys, sign_in: { oidc } };
}
