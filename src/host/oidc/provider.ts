// Sign-in by a provider of OpenID Connect: authorization code with PKCE, state and nonce. The signature of the ID token is checked
// although it came over TLS, so that whoever sits in between gains nothing. Everything that goes to the provider passes the outbound client.
import type * as OpenId from 'openid-client';
import { TiegelError } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';

export type OidcSettings = {
  /** As the provider writes it in its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** The claim that has the roles, or the groups that stand for them. */
  readonly roleClaim: string | undefined;
  /** What a value of the claim stands for; `*` is any. In this order, the first that fits counts. */
  readonly roles: readonly { readonly value: string; readonly role: string }[];
  /** Domains of e-mail addresses that may sign in; none: all. */
  readonly domains: readonly string[];
};

/** What the provider says of somebody. */
export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

export type OidcClient = {
  /** Where a browser goes, and what it has to show when it comes back. @throws TGL_SIGN_IN_UNAVAILABLE */
  readonly begin: (redirectUri: string) => Promise<{ readonly url: string; readonly attempt: string }>;
  /** @param url to which the browser came back @throws TGL_SIGN_IN_REFUSED, TGL_SIGN_IN_UNAVAILABLE */
  readonly finish: (url: string, attempt: string) => Promise<Claims>;
};

const maxBytes = 1024 * 1024;
const toleranceSeconds = 30;

export function createOidcClient(settings: OidcSettings, outbound: Outbound): OidcClient {
  let known: Promise<OpenId.Configuration> | undefined;
  /** What failed is asked again; keys of the provider that changed are fetched again by the library. */
  const configured = (client: typeof OpenId): Promise<OpenId.Configuration> => {
    known ??= discover(client, settings, outbound).catch((cause: unknown) => {
      known = undefined;
      throw unavailable(cause);
    });
    return known;
  };
  return {
    begin: async (redirectUri) => {
      const client = await import('openid-client');
      const configuration = await configured(client);
      const [verifier, state, nonce] = [
        client.randomPKCECodeVerifier(),
        client.randomState(),
        client.randomNonce(),
      ];
      const url = client.buildAuthorizationUrl(configuration, {
        ...{ redirect_uri: redirectUri, scope: 'openid profile email', state, nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt: [verifier, state, nonce].join('.') };
    },
    finish: async (url, attempt) => {
      const client = await import('openid-client');
      const configuration = await configured(client);
      const [verifier, state, nonce, ...more] = attempt.split('.');
      if (!verifier || !state || !nonce || more.length > 0)
        throw refused('the cookie of the sign-in is damaged');
      try {
        const tokens = await client.authorizationCodeGrant(configuration, new URL(url), {
          ...{
            pkceCodeVerifier: verifier,
            expectedState: state,
            expectedNonce: nonce,
            idTokenExpected: true,
          },
        });
        const claims = tokens.claims();
        if (claims === undefined) throw refused('the provider gave no ID token');
        return claims;
      } catch (cause) {
        if (TiegelError.isInstance(cause)) throw cause;
        const { cause: inner } = cause as { cause?: unknown };
        if (TiegelError.isInstance(inner)) throw unavailable(inner);
        throw refused(cause instanceof Error ? cause.message : 'its answer cannot be read', cause);
      }
    },
  };
}

function discover(
  client: typeof OpenId,
  { issuer, clientId, clientSecret }: OidcSettings,
  outbound: Outbound,
): Promise<OpenId.Configuration> {
  const isPlain = issuer.startsWith('http://');
  return client.discovery(
    new URL(issuer),
    clientId,
    { [client.clockTolerance]: toleranceSeconds },
    clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret),
    {
      execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
      [client.customFetch]: fetchBy(outbound),
    },
  );
}

/** The library's requests, which leave by the outbound client. */
function fetchBy(outbound: Outbound): OpenId.CustomFetch {
  return async (url, { body, headers, method, signal }) => {
    using response = await outbound.request({
      ...{ url, method: method as 'GET' | 'POST', headers, maxBytes },
      ...(body !== null && body !== undefined && { body: textOf(body) }),
      ...(signal !== undefined && { signal }),
    });
    const text = await response.text();
    return new Response(response.status === 204 ? null : text, {
      status: response.status,
      headers: response.headers,
    });
  };
}

function textOf(body: OpenId.FetchBody): string {
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('oidc: a body that is no text');
}

function refused(reason: string, cause?: unknown): TiegelError {
  return new TiegelError('TGL_SIGN_IN_REFUSED', { reason }, { cause });
}

function unavailable(cause: unknown): TiegelError {
  const reason = cause instanceof Error ? cause.message : 'it does not answer';
  return new TiegelError('TGL_SIGN_IN_UNAVAILABLE', { reason }, { cause });
}
