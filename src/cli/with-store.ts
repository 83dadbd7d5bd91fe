// The store as commands use it: opened for one piece of work, beside whatever server uses it, with the organisation that is meant.
import { TiegelError } from '../base/index.ts';
import { type HostStore, openStoreOfHost } from '../host/quick.ts';
import { type Author, parseIdentifier } from '../store/index.ts';
import type { AccountId, OrganisationId, PrincipalId } from '../traffic/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

export type StoreFlags = {
  /** @default the oldest */
  readonly organisation?: string;
  readonly reason?: string;
};

export type OpenedStore = HostStore & {
  readonly author: Author;
  readonly organisation: OrganisationId;
};

/** @throws what opening the store and the work throw; TGL_ID_UNKNOWN for an organisation that is not there */
export async function withStore(
  context: CommandContext,
  flags: StoreFlags,
  work: (opened: OpenedStore) => Promise<ExitCode>,
): Promise<ExitCode> {
  await using host = await openStoreOfHost(context);
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  // What a server makes at its first start a command makes as well, all but the key.
  const first = await host.keys.firstStart({ timeZone, hasGivenKey: true });
  const organisation =
    flags.organisation === undefined
      ? first.organisation
      : (await host.store.organisations.get(parseIdentifier('organisation', flags.organisation))).id;
  const author: Author = { actor: { type: 'command-line' }, request: null, reason: flags.reason ?? null };
  return await work({ ...host, author, organisation });
}

/** The account that is meant, else the oldest that is in use. @throws TGL_ID_UNKNOWN, TGL_USAGE */
export async function accountMeant(
  { store, organisation }: OpenedStore,
  text: string | undefined,
): Promise<AccountId> {
  if (text !== undefined)
    return (await store.accounts.get(organisation, parseIdentifier('account', text))).id;
  const account = (await store.accounts.list(organisation)).find(({ state }) => state === 'active');
  if (account !== undefined) return account.id;
  const problem = 'The organisation has no account in use; make one with `tiegel account create NAME`.';
  throw new TiegelError('TGL_USAGE', { problem });
}

/** Who holds a key unless somebody is named: the oldest owner of the organisation. @throws TGL_ID_UNKNOWN, TGL_USAGE */
export async function holderMeant(
  { store, organisation }: OpenedStore,
  text: string | undefined,
): Promise<PrincipalId> {
  if (text !== undefined)
    return (await store.principals.get(organisation, parseIdentifier('principal', text))).id;
  for (const { id } of await store.principals.list(organisation)) {
    const memberships = await store.principals.memberships(organisation, id);
    if (memberships.some(({ account, role }) => account === null && role === 'owner')) return id;
  }
  const problem = 'The organisation has no owner; name who holds the key with --principal ID.';
  throw new TiegelError('TGL_USAGE', { problem });
}

/** A time in words, to the minute, in UTC. */
export function timeText(milliseconds: number | null): string {
  return milliseconds === null ? 'never' : `${new Date(milliseconds).toISOString().slice(0, 16)}Z`;
}
