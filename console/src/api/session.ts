// Who is signed in: the link of the terminal is given for a cookie that no script can read.
import type { SessionDescription, SignInWays } from '../../../src/wire/index.ts';
import { ApiError, ask } from './client.ts';

const path = '/v1/x/session';

/** The session, or how one signs in. @throws ApiError other than that nobody is signed in */
export async function readSession(): Promise<SessionDescription | SignInWays> {
  try {
    return await ask<SessionDescription>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401)
      return { oidc: (error.answer as { sign_in?: SignInWays }).sign_in?.oidc ?? false };
    throw error;
  }
}

export function isSignedIn(
  session: SessionDescription | SignInWays | undefined,
): session is SessionDescription {
  return session !== undefined && 'person' in session;
}

/** @throws ApiError for a token that was used, is too old, or is none */
export function redeem(token: string): Promise<SessionDescription> {
  return ask<SessionDescription>(path, { method: 'POST', body: { token } });
}

export function endSession(): Promise<unknown> {
  return ask(path, { method: 'DELETE' });
}
