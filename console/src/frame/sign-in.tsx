// Signing in: the link of the terminal carries a token behind its #, which leaves the address before anything else happens.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import type { SignInWays } from '../../../src/wire/index.ts';
import { ApiError } from '../api/client.ts';
import { redeem } from '../api/session.ts';
import { Mark } from '../parts/icon.tsx';
import { Problem } from '../parts/problem.tsx';
import { type Strings, useStrings } from './language.tsx';

type Words = Readonly<
  Record<'title' | 'lead' | 'fresh' | 'signingIn' | 'oidc' | 'oidcBy' | 'refused' | 'refusedFix', string>
>;

const strings: Strings<Words> = {
  en: {
    title: 'Open the link from your terminal',
    lead: 'The server prints it when it starts. It works once and for ten minutes; there is no password.',
    fresh: 'A fresh link, also while the server runs:',
    signingIn: 'Signing in',
    oidc: 'Sign in with your organisation',
    oidcBy: 'set up by whoever runs this server',
    refused: 'Your organisation did not sign you in.',
    refusedFix: 'Try again; whoever runs this server finds the reason in its log under the request.',
  },
  de: {
    title: 'Öffnen Sie den Link aus Ihrem Terminal',
    lead: 'Der Server gibt ihn beim Start aus. Er gilt einmal und zehn Minuten lang; ein Passwort gibt es nicht.',
    fresh: 'Ein neuer Link, auch während der Server läuft:',
    signingIn: 'Anmeldung läuft',
    oidc: 'Mit Ihrer Organisation anmelden',
    oidcBy: 'eingerichtet von den Betreibern dieses Servers',
    refused: 'Ihre Organisation hat Sie nicht angemeldet.',
    refusedFix:
      'Versuchen Sie es erneut; wer diesen Server betreibt, findet den Grund unter der Anfrage in seinem Log.',
  },
};

/** Taken out of the address when the page is loaded, before anything else can see it. */
const token = takeToken();

/** What the way over the provider of sign-ins came back with, which anybody can have written into an address. */
const refusal = refusalIn(new URLSearchParams(location.search));

function refusalIn(search: URLSearchParams) {
  const [, code] = /^(TGL_[A-Z_]{1,60})$/.exec(search.get('error') ?? '') ?? [];
  const [requestId = null] = /^[\w-]{1,80}$/.exec(search.get('request') ?? '') ?? [];
  return location.pathname === '/sign-in' && code !== undefined
    ? { status: 401, code, requestId }
    : undefined;
}

function takeToken(): string | undefined {
  if (location.pathname !== '/sign-in' || location.hash.length < 2) return undefined;
  const given = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  return given;
}

export function SignIn({ ways }: { readonly ways: SignInWays }): ReactNode {
  const words = useStrings(strings);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: redeem,
    onSuccess: async (session) => {
      await navigate({ to: '/', replace: true });
      queries.setQueryData(['session'], session);
    },
  });
  useEffect(() => {
    if (token !== undefined) mutate(token);
  }, [mutate]);
  return (
    <main className="sign">
      <title>Tiegel</title>
      <div className="stack wide">
        <span className="brand">
          <Mark />
          Tiegel
        </span>
        <div className="stack">
          <h1>{words.title}</h1>
          <p className="quiet">{words.lead}</p>
        </div>
        {isPending && <p role="status">{words.signingIn}</p>}
        {error && <Problem error={error} />}
        {refusal !== undefined && !error && (
          <Problem error={new ApiError({ ...refusal, message: words.refused, fix: words.refusedFix })} />
        )}
        <div className="stack">
          <p className="quiet">{words.fresh}</p>
          <pre className="code">
            <span className="k">$</span> npm run tiegel -- sign-in
          </pre>
        </div>
        {ways.oidc && (
          <div className="line">
            <a className="button primary" href="/v1/x/session/oidc">
              {words.oidc}
            </a>
            <span className="meta">{words.oidcBy}</span>
          </div>
        )}
      </div>
    </main>
  );
}
