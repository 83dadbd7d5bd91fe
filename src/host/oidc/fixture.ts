// A provider of sign-ins on loopback for tests: discovery, keys, and codes that are redeemed once, with PKCE. A test says what its
// tokens claim, and what is wrong with them.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../base/index.ts';

export type TestProvider = AsyncDisposable & {
  readonly issuer: string;
  /** What the provider answers where it was asked to sign somebody in: the address that it sends the browser back to. */
  readonly answer: (authorizationUrl: string, token?: TokenFault) => string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
};

export type TokenFault = {
  /** In place of what is right. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signature?: 'none' | 'of another key' | 'damaged';
  /** Of the answer itself. */
  readonly state?: string;
  readonly issuer?: string;
};

export const testClient = 'tiegel';

const encoded = (value: object | Buffer): string =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

export async function startTestProvider(): Promise<TestProvider> {
  const keys = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const [own, foreign] = keys as [(typeof keys)[0], (typeof keys)[0]];
  const codes = new Map<string, { readonly token: string; readonly challenge: string }>();
  const asked: string[] = [];
  let issuer = '';
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] as string;
    asked.push(path);
    if (path === '/.well-known/openid-configuration') return send(response, 200, metadataOf(issuer));
    if (path === '/keys') {
      const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
      return send(response, 200, { keys: [jwk] });
    }
    void bodyOf(request).then((body) => {
      const code = body.get('code') ?? '';
      const known = codes.get(code);
      codes.delete(code);
      const verifier = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url');
      if (known === undefined || known.challenge !== verifier)
        return send(response, 400, { error: 'invalid_grant' });
      send(response, 200, { access_token: 'access', token_type: 'Bearer', id_token: known.token });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    asked,
    answer: (authorizationUrl, { claims, signature, state, issuer: named } = {}) => {
      const { searchParams } = new URL(authorizationUrl);
      const asks = (name: string): string => searchParams.get(name) ?? '';
      const now = Math.floor(systemClock.now() / 1000);
      const payload = {
        ...{
          iss: issuer,
          aud: asks('client_id'),
          sub: 'sub-1',
          nonce: asks('nonce'),
          iat: now,
          exp: now + 60,
        },
        ...claims,
      };
      const key = signature === 'of another key' ? foreign.privateKey : own.privateKey;
      const code = `code-${codes.size}-${asked.length}-${asks('state').slice(0, 6)}`;
      codes.set(code, { token: tokenOf(payload, key, signature), challenge: asks('code_challenge') });
      const back = new URL(asks('redirect_uri'));
      back.search = String(
        new URLSearchParams({ code, state: state ?? asks('state'), iss: named ?? issuer }),
      );
      return back.href;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function metadataOf(issuer: string): object {
  return {
    ...{ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
    ...{ jwks_uri: `${issuer}/keys`, response_types_supported: ['code'] },
    ...{ subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] },
    ...{ code_challenge_methods_supported: ['S256'], authorization_response_iss_parameter_supported: true },
  };
}

function tokenOf(payload: object, key: KeyObject, signature: TokenFault['signature']): string {
  const header = signature === 'none' ? { alg: 'none' } : { alg: 'RS256', kid: 'one' };
  const signed = `${encoded(header)}.${encoded(payload)}`;
  if (signature === 'none') return `${signed}.`;
  const bytes = sign('sha256', Buffer.from(signed), key);
  if (signature === 'damaged') bytes[0] = (bytes[0] as number) ^ 1;
  return `${signed}.${encoded(bytes)}`;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
