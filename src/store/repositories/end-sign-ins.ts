// The end of everything by which somebody is, or could be, signed in; within a change of its caller.
import type { OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { Query } from '../connection/database.ts';

export async function endSignIns(
  query: Query,
  organisation: OrganisationId,
  principal: PrincipalId,
): Promise<void> {
  await query
    .updateTable('session')
    .set({ state: 'ended' })
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
  await query
    .deleteFrom('sign_in_link')
    .where('organisation', '=', organisation)
    .where('principal', '=', principal)
    .execute();
}
