// What a request is told for which there is no row in the table of routes: a path that is known with another method names its methods
// (RFC 9110, 15.5.6), so that a wrong verb is not taken for a wrong path.
import { TiegelError } from '../../base/index.ts';
import type { Route } from './route.ts';

export function unknownRoute(
  routes: readonly Pick<Route, 'method' | 'path'>[],
  { method, url }: { readonly method: string; readonly url: string },
): TiegelError {
  const received = JSON.stringify(`${method} ${url}`);
  const segments = url.replace(/[?#].*$/s, '').split('/');
  const methods = routes.flatMap((route) => (isAt(segments, route.path) ? route.method : []));
  if (methods.length === 0) return new TiegelError('TGL_ROUTE_UNKNOWN', { received });
  // HEAD is answered wherever GET is.
  const allow = [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : [])])].sort().join(', ');
  return new TiegelError('TGL_METHOD_NOT_ALLOWED', { received, allow });
}

function isAt(segments: readonly string[], path: string): boolean {
  const own = path.split('/');
  return (
    own.length === segments.length &&
    own.every((segment, place) =>
      segment.startsWith('{') ? segments[place] !== '' : segment === segments[place],
    )
  );
}
