// Names for the beginnings of a conversation, so that its next turn finds the replica whose cache holds them. Each name
// covers the account, so that the order of replicas tells nobody what others have asked.
import { createHash } from 'node:crypto';
import type { GenerateRequest } from '../engine.ts';

/** One name a message, the longest beginning last; none without an account, whose prefixes nobody may reuse. */
export function prefixNames({ account, turn }: GenerateRequest): readonly string[] {
  if (account === undefined || turn === undefined) return [];
  const hash = createHash('sha256').update(`${account}\n`);
  return turn.messages.map(({ role, content }) => {
    hash.update(`${role} ${content.length}\n${content}`);
    return hash.copy().digest('base64');
  });
}
