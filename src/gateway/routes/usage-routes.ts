// The rows of the table of routes that tell what was used, and what it cost.
import { lostAndLateReply, usageReply } from '../../wire/index.ts';
import { type ReadLostAndLate, showLostAndLate } from './lost-and-late.ts';
import { json, type Route, route } from './route.ts';
import { type ReadUsage, showUsage, type UsageKind } from './usage.ts';

export function usageRoutes(readUsage: ReadUsage): readonly Route[] {
  const row = (path: string, kind: UsageKind, summary: string): Route =>
    route({
      ...{ method: 'GET', path, scope: 'usage:read', summary },
      replies: json(usageReply),
      handle: showUsage(kind, readUsage),
    });
  return [
    row('/v1/organization/usage/completions', 'completions', 'Tokens of replies by buckets of time'),
    row('/v1/organization/usage/embeddings', 'embeddings', 'Tokens of embedded texts by buckets of time'),
    row('/v1/organization/costs', 'costs', 'What was used cost, by day'),
  ];
}

export function lostAndLateRoute(read: ReadLostAndLate): Route {
  return route({
    method: 'GET',
    path: '/v1/x/usage/lost-and-late',
    scope: 'usage:read',
    summary:
      'Requests that died with a process, and those that were settled after their leases had been ended',
    replies: json(lostAndLateReply),
    handle: showLostAndLate(read),
  });
}
