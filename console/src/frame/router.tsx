// The addresses of the console: one for each page, and the one at which a link signs in.
import { useQuery } from '@tanstack/react-query';
import {
  type AnyRouter,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { isSignedIn, readSession } from '../api/session.ts';
import { Waiting } from '../parts/page-head.tsx';
import { Problem } from '../parts/problem.tsx';
import { pages, pagesFor } from './page.ts';
import { SessionContext, useSignedIn } from './session-context.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** Nothing but the way to sign in is shown to somebody who is not signed in, at any address. */
function Root(): ReactNode {
  const { data, error, refetch } = useQuery({ queryKey: ['session'], queryFn: readSession });
  const [chosen, chooseAccount] = useState<string>();
  const signedIn = useMemo(
    () =>
      isSignedIn(data) ? { session: data, account: chosen ?? data.accounts[0]?.id, chooseAccount } : null,
    [data, chosen],
  );
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Waiting />;
  if (signedIn === null) return <SignIn ways={isSignedIn(data) ? data.sign_in : data} />;
  return (
    <SessionContext value={signedIn}>
      <Shell />
    </SessionContext>
  );
}

/** The first page that the person may open. */
function First(): ReactNode {
  const { session } = useSignedIn();
  const [first] = pagesFor(session.scopes);
  return first && <Navigate to={`/console/${first.path}`} replace />;
}

export function consoleRouter(): AnyRouter {
  const root = createRootRoute({ component: Root, notFoundComponent: First });
  const first = ['/', '/sign-in', '/console'].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: First }),
  );
  const own = pages.map(({ path, load }) =>
    createRoute({
      getParentRoute: () => root,
      path: `/console/${path}`,
      component: lazyRouteComponent(load, 'default'),
      pendingComponent: Waiting,
      errorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
    }),
  );
  return createRouter({
    routeTree: root.addChildren([...first, ...own]),
    // What stands in an address is text, and written as it is.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = String(new URLSearchParams(search));
      return text === '' ? '' : `?${text}`;
    },
  });
}
