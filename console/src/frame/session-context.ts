// Who is signed in and which account their requests are charged to, for the pages.
import { createContext, useContext } from 'react';
import type { SessionDescription } from '../../../src/wire/index.ts';

export type SignedIn = {
  readonly session: SessionDescription;
  /** Undefined for somebody without one. */
  readonly account: string | undefined;
  readonly chooseAccount: (account: string) => void;
};

export const SessionContext: React.Context<SignedIn | null> = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SessionContext);
  if (signedIn === null) throw new TypeError('useSignedIn: nobody is signed in');
  return signedIn;
}
