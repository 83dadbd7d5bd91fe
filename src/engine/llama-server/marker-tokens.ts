// Markers such as `</think>` as tokens of a server's vocabulary. It does not tell control tokens from others, so a marker
// that is one token is taken for one. Each is asked for once.
import type { GenerateRequest } from '../engine.ts';
import type { ServerConnection } from './server-connection.ts';

/** The markers that a request has to do with, by the ids of their tokens. */
export type MarkerTokens = (request: GenerateRequest) => Promise<ReadonlyMap<number, string>>;

export function createMarkerTokens(connection: Pick<ServerConnection, 'tokenise'>): MarkerTokens {
  const known = new Map<string, number | undefined>();
  return async ({ markers = [], forced, constraint }) => {
    const found = new Map<number, string>();
    for (const marker of new Set([...markers, forced?.unless ?? '', constraint?.after ?? ''])) {
      if (marker === '') continue;
      if (!known.has(marker)) {
        const [token, ...others] = await connection.tokenise(marker, true);
        known.set(marker, others.length === 0 ? token?.id : undefined);
      }
      const id = known.get(marker);
      if (id !== undefined) found.set(id, marker);
    }
    return found;
  };
}
