// The address of the page on which a browser signs in.

/** Where a browser signs in by a token. What stands behind the # goes to no server, into no log and to no other page. */
export function signInUrl(origin: string, token: string): string {
  return `${origin}/sign-in#${token}`;
}
