// /v1/x/session/oidc: a browser goes to the provider of sign-ins and comes back. What ties the way back to the way there lies in a
// cookie of that browser alone, so that an answer of the provider which somebody else asked for signs nobody in.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import { cookieOf, sessionCookie } from '../access/session-cookie.ts';
import type { GatewayContext } from '../context.ts';
import { requestOf } from '../request.ts';
import { type Route, route } from '../routes/route.ts';
import type { Provider, SignIn } from './sign-in.ts';

const path = '/v1/x/session/oidc';
const callbackPath = `${path}/callback`;
const cookieName = 'tiegel_oidc';
const attemptSeconds = 600;

export function oidcRoutes({ provider, origin }: SignIn): readonly Route[] {
  if (provider === undefined) return [];
  const redirect = { scope: 'public', replies: {} } as const;
  return [
    route({
      ...{ method: 'GET', path, ...redirect },
      summary: 'Sends a browser to the provider of sign-ins',
      handle: (context, request, reply) =>
        orToSignIn(context, request, reply, async () => {
          context.wrongTokens.requireFew(addressOf(request));
          const { url, attempt } = await provider.begin(callbackOf(request, origin));
          return reply
            .header('set-cookie', attemptCookie(attempt, attemptSeconds, origin))
            .redirect(url, 302);
        }),
    }),
    route({
      ...{ method: 'GET', path: callbackPath, ...redirect },
      summary: 'Where the provider sends a browser back to; sets the cookie of the session',
      handle: (context, request, reply) =>
        orToSignIn(context, request, reply, () => finish(context, request, reply, { provider, origin })),
    }),
  ];
}

async function finish(
  { wrongTokens, clock }: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { provider, origin }: { readonly provider: Provider; readonly origin: string | undefined },
): Promise<FastifyReply> {
  const address = addressOf(request);
  wrongTokens.requireFew(address);
  const attempt = cookieOf(request.headers.cookie ?? '', nameFor(origin));
  try {
    if (attempt === undefined)
      throw new TiegelError('TGL_SIGN_IN_REFUSED', { reason: 'no sign-in was begun' });
    const back = new URL(request.url, callbackOf(request, origin));
    const { facts, secret } = await provider.finish(back.href, attempt, requestOf(request.raw).id);
    const seconds = (facts.expiresAt - clock.now()) / 1000;
    return reply
      .header('set-cookie', [
        attemptCookie('', 0, origin),
        sessionCookie({ secret, seconds, isSecure: isSecure(origin) }),
      ])
      .redirect('/', 302);
  } catch (error) {
    wrongTokens.count(address);
    reply.header('set-cookie', attemptCookie('', 0, origin));
    throw error;
  }
}

/** A person looks at the answer: they are sent to the page on which one signs in, which says what went wrong. */
async function orToSignIn(
  { logger }: GatewayContext,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
  try {
    return await work();
  } catch (error) {
    const known = TiegelError.isInstance(error) ? error : new TiegelError('TGL_INTERNAL');
    const { id } = requestOf(request.raw);
    logger.error({ requestId: id, err: error }, 'a sign-in by the provider failed');
    return reply.redirect(`/sign-in?error=${known.code}&request=${id}`, 302);
  }
}

function addressOf({ raw }: FastifyRequest): string {
  return raw.socket.remoteAddress ?? '';
}

/** Where the provider is to send a browser back to. The Host was checked when the request arrived. */
function callbackOf({ headers }: FastifyRequest, origin: string | undefined): string {
  return `${origin ?? `http://${headers.host}`}${callbackPath}`;
}

function isSecure(origin: string | undefined): boolean {
  return origin?.startsWith('https://') ?? false;
}

function nameFor(origin: string | undefined): string {
  return isSecure(origin) ? `__Host-${cookieName}` : cookieName;
}

/** Lax, since the browser comes back from a page elsewhere. */
function attemptCookie(attempt: string, seconds: number, origin: string | undefined): string {
  const kept = `${attempt}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
  return `${nameFor(origin)}=${kept}${isSecure(origin) ? '; Secure' : ''}`;
}
