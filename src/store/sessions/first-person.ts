// The person who owns what a first start makes, so that somebody can sign in: made once, and never again where people were removed.
import type { OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeStore, type StoreContext } from '../audit/change-audited.ts';
import { newIdentifier } from '../terms/identifiers.ts';

const firstName = 'owner';

/** The person who owns the organisation; undefined where none does any more. @throws TGL_STORE_UNAVAILABLE */
export function firstPerson(
  context: StoreContext,
  organisation: OrganisationId,
  author: Author,
): Promise<PrincipalId | undefined> {
  return changeStore(context, async ({ transaction, audit }) => {
    const people = await transaction
      .selectFrom('principal')
      .leftJoin('membership', (join) =>
        join
          .onRef('membership.organisation', '=', 'principal.organisation')
          .onRef('membership.principal', '=', 'principal.id')
          .on('membership.account', 'is', null),
      )
      .select(['principal.id', 'principal.state', 'membership.role'])
      .where('principal.organisation', '=', organisation)
      .where('principal.kind', '=', 'person')
      .orderBy('principal.created_at')
      .orderBy('principal.id')
      .execute();
    if (people.length > 0)
      return people.find(({ state, role }) => state === 'active' && role === 'owner')?.id;
    const id = newIdentifier('principal', context.entropy);
    const created_at = context.clock.now();
    const none = { email: null, subject: null };
    await transaction
      .insertInto('principal')
      .values({ organisation, id, kind: 'person', name: firstName, state: 'active', created_at, ...none })
      .execute();
    await transaction
      .insertInto('membership')
      .values({ organisation, principal: id, account: null, role: 'owner', created_at })
      .execute();
    const target = { type: 'principal', id };
    await audit(
      { chain: organisation, author, action: 'user.added', target },
      { before: null, after: { id, kind: 'person', account: null, role: 'owner' } },
    );
    return id;
  });
}
