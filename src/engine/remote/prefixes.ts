// Names for the beginnings of a conversation, so that its next turn finds the replica whose cache holds them. Each name
// covers the cache scope, so that the order of replicas tells nobody what others have asked.
import { createHash } from 'node:crypto';
import type { GenerateRequest } from '../engine.ts';

/** One name a message or piece of the prompt, the longest beginning last; none without a cache scope, whose prefixes nobody may reuse. */
export function prefixNames({ cacheScope, prompt, turn }: GenerateRequest): readonly string[] {
  if (cacheScope === undefined) return [];
  const hash = createHash('sha256').update(`${cacheScope}\n`);
  const parts =
    turn === undefined
      ? prompt.map(({ text }) => `${text.length}\n${text}`)
      : turn.messages.map(({ role, content }) => `${role} ${content.length}\n${content}`);
  return parts.map((part) => {
    hash.update(part);
    return hash.copy().digest('base64');
  });
}
