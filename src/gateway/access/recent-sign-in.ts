// What a change takes of somebody who is signed in: a session that was left open, or a cookie that somebody else has, is not enough to
// make keys, raise limits or give rights. Keys are not concerned, since they are shown for each request.
import { TiegelError } from '../../base/index.ts';
import type { Principal } from '../../traffic/index.ts';

const minute = 60_000;
/** How long after a sign-in such changes are possible. */
export const recentSignInMs: number = 60 * minute;

/** Whether whoever asks may make such changes: with any key, and for an hour after a sign-in. */
export function hasSignedInLately({ session, signedInAt }: Principal, now: number): boolean {
  return session === null || (signedInAt !== null && now - signedInAt < recentSignInMs);
}

export function signInAgain(): TiegelError {
  return new TiegelError('TGL_SIGN_IN_AGAIN', { minutes: recentSignInMs / minute });
}
