// Who is signed in: the link of the terminal is given for a cookie that no script can read.
import { ApiError, ask } from './client.ts';

type Named = { readonly id: string; readonly name: string };

export type Session = {
  readonly person: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly organisation: Named;
  readonly accounts: readonly Named[];
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly expires_at: number;
  readonly sign_in: { readonly oidc: boolean };
};

export type SignedOut = { readonly oidc: boolean };

const path = '/v1/x/session';

/** The session, or how one signs in. @throws ApiError other than that nobody is signed in */
export async function readSession(): Promise<Session | SignedOut> {
  try {
    return await ask<Session>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401)
      return { oidc: (error.answer as { sign_in?: SignedOut }).sign_in?.oidc ?? false };
    throw error;
  }
}

export function isSignedIn(session: Session | SignedOut | undefined): session is Session {
  return session !== undefined && 'person' in session;
}

/** @throws ApiError for a token that was used, is too old, or is none */
export function redeem(token: string): Promise<Session> {
  return ask<Session>(path, { method: 'POST', body: { token } });
}

export function endSession(): Promise<unknown> {
  return ask(path, { method: 'DELETE' });
}
