// What every part of the administration does with whoever asks: whose organisation it is, who the author of a change is, which
// identifiers it names, and what it is refused.
import { TiegelError } from '../../base/index.ts';
import type { Administration, Asker, AuditAttempt } from '../../gateway/index.ts';
import { type Author, parseIdentifier, unknownIdentifier } from '../../store/index.ts';
import type { Identifier, IdentifierKind, KeyId, OrganisationId, PrincipalId } from '../../traffic/index.ts';

export type Refused = Administration['refused'];

/** The identifier that a text is. What is none is not repeated: it might be a secret. @throws TGL_ID_UNKNOWN */
export function identified<Kind extends IdentifierKind>(kind: Kind, text: string): Identifier<Kind> {
  try {
    return parseIdentifier(kind, text);
  } catch {
    throw unknownIdentifier(kind, 'of that name');
  }
}

/** A refusal of what is found out before a change begins. */
export async function recording<Value>(
  refused: Refused,
  asker: Asker,
  attempt: AuditAttempt,
  check: () => Promise<Value>,
): Promise<Value> {
  try {
    return await check();
  } catch (error) {
    if (TiegelError.isInstance(error) && error.status < 500) await refused(asker, attempt, error.code);
    throw error;
  }
}

/** @throws TGL_SCOPE_MISSING, also for a word that is no scope */
export function requireScope({ scopes }: Asker, needed: string): void {
  if (!(scopes as ReadonlySet<string>).has(needed))
    throw new TiegelError('TGL_SCOPE_MISSING', { needed, scopes: [...scopes] });
}

type Listed = { readonly id: string; readonly createdAt: number };

/** What comes after an entry in a list in the order of its making, whether or not that is in it still. */
export function behind<Entry extends Listed>(
  entries: readonly Entry[],
  last: Listed | undefined,
): readonly Entry[] {
  if (last === undefined) return entries;
  return entries.filter(
    ({ id, createdAt }) => createdAt > last.createdAt || (createdAt === last.createdAt && id > last.id),
  );
}

/** The gateway has both of a principal, which the store made. */
export function organisationOf({ organisation }: Asker): OrganisationId {
  return organisation as OrganisationId;
}

export function authorOf({ key, principal, request }: Asker): Author {
  const person = { type: 'principal', principal: principal as PrincipalId } as const;
  const actor = key === null ? person : ({ ...person, type: 'key', key: key as KeyId } as const);
  return { actor, request, reason: null };
}

export function withReason(asker: Asker, reason: string | null): Author {
  return { ...authorOf(asker), reason };
}
