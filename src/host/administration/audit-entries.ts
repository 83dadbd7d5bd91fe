// The audit log of an organisation as the gateway tells it.
import { TiegelError } from '../../base/index.ts';
import type { Asker, AuditFacts, AuditQuestion } from '../../gateway/index.ts';
import type { AuditEntry } from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { HostStore } from '../open-store.ts';

/** @throws TGL_REQUEST_INVALID for a cursor that is no entry of the organisation */
export async function auditEntries(
  { store }: HostStore,
  { organisation: text }: Asker,
  { before, after, actorEmails, actors, projects, ...question }: AuditQuestion,
): Promise<readonly AuditFacts[]> {
  const organisation = text as OrganisationId;
  const seqOf = async (field: string, id: string): Promise<number> => {
    const seq = await store.audit.seqOf(organisation, id);
    if (seq !== undefined) return seq;
    const problem = `The field ${field} names no entry of the audit log; expected the identifier of one.`;
    throw new TiegelError('TGL_REQUEST_INVALID', { field, problem });
  };
  const named = await withEmails(store, organisation, actorEmails);
  // Both are asked for where both are given.
  const meant = actors === undefined ? named : actors.filter((id) => named?.includes(id) ?? true);
  const { from, to, actions, targets, limit } = question;
  const entries = await store.audit.list(organisation, {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(actions !== undefined && { actions }),
    ...(targets !== undefined && { targets }),
    ...(projects !== undefined && { accounts: projects }),
    ...(meant !== undefined && { actors: meant }),
    ...(before !== undefined && { before: await seqOf('before', before) }),
    ...(after !== undefined && { after: await seqOf('after', after) }),
    limit,
  });
  const kinds = new Map<string, 'person' | 'service'>();
  for (const { id, kind } of await store.principals.list(organisation)) kinds.set(id, kind);
  return entries.map((entry) => ({ ...entry, actor: actorOf(entry, kinds) }));
}

async function withEmails(
  { principals }: HostStore['store'],
  organisation: OrganisationId,
  emails: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (emails === undefined) return undefined;
  const known = await principals.list(organisation);
  return known.filter(({ email }) => email !== null && emails.includes(email)).map(({ id }) => id);
}

/** Who is gone by now is told as a person. */
function actorOf(
  { actor }: AuditEntry,
  kinds: ReadonlyMap<string, 'person' | 'service'>,
): AuditFacts['actor'] {
  const { type } = actor;
  if (type !== 'key' && type !== 'principal') return { type, key: null, holder: null };
  const { principal: id } = actor;
  return { type, key: type === 'key' ? actor.key : null, holder: { id, kind: kinds.get(id) ?? 'person' } };
}
