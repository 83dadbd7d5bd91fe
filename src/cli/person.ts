// `tiegel person`: who belongs to an organisation, and in which roles. Whoever runs the program on this machine may give every role.
import {
  type Membership,
  type PrincipalRecord,
  parseIdentifier,
  type Role,
  unknownIdentifier,
} from '../store/index.ts';
import type { AccountId, PrincipalId } from '../traffic/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type OpenedStore, type StoreFlags, timeText, withStore } from './with-store.ts';

type AccountFlags = StoreFlags & { readonly account?: string };

export async function runPersonList(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, organisation }) => {
    const people = await Promise.all(
      (await store.principals.list(organisation)).map(async (principal) => {
        return { ...principal, roles: await store.principals.memberships(organisation, principal.id) };
      }),
    );
    for (const person of people) show(context, person, person.roles);
    context.terminal.result({ people });
    return 0;
  });
}

export async function runPersonAdd(
  context: CommandContext,
  name: string,
  { email, role = 'member', account, ...flags }: AccountFlags & { email?: string; role?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, organisation, author }) => {
    // The store refuses a word that is no role.
    const membership = { account: accountOf(account), role: role as Role };
    const facts = { kind: 'person', name, ...(email !== undefined && { email }) } as const;
    const person = await store.principals.create(organisation, author, facts, membership);
    show(context, person, [membership]);
    context.terminal.note(`A link for a first sign-in: tiegel sign-in --for ${person.id}`);
    context.terminal.result({ person: { ...person, roles: [membership] } });
    return 0;
  });
}

export async function runPersonRole(
  context: CommandContext,
  text: string,
  role: string | undefined,
  { account, ...flags }: AccountFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const { store, organisation, author } = opened;
    const id = await personMeant(opened, text);
    const place = accountOf(account);
    if (role === undefined) await store.principals.withdraw(organisation, id, author, place);
    else await store.principals.grant(organisation, id, author, { account: place, role: role as Role });
    const person = await store.principals.get(organisation, id);
    const roles = await store.principals.memberships(organisation, id);
    show(context, person, roles);
    context.terminal.result({ person: { ...person, roles } });
    return 0;
  });
}

export async function runPersonRemove(
  context: CommandContext,
  text: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const person = await personMeant(opened, text);
    await opened.store.principals.remove(opened.organisation, person, opened.author);
    context.terminal.print(`${person} is removed; the keys are revoked and the sessions ended.`);
    context.terminal.result({ person, state: 'removed' });
    return 0;
  });
}

/** Somebody by identifier or e-mail address. @throws TGL_ID_UNKNOWN, TGL_USAGE */
export async function personMeant(
  { store: { principals }, organisation }: OpenedStore,
  text: string,
): Promise<PrincipalId> {
  if (!text.includes('@')) return (await principals.get(organisation, parseIdentifier('principal', text))).id;
  const found = (await principals.list(organisation)).find(({ email }) => email === text);
  if (found === undefined) throw unknownIdentifier('principal', text);
  return found.id;
}

function accountOf(text: string | undefined): AccountId | null {
  return text === undefined ? null : parseIdentifier('account', text);
}

function show({ terminal }: CommandContext, person: PrincipalRecord, roles: readonly Membership[]): void {
  const { id, kind, name, email, createdAt } = person;
  const held = roles.map(({ account, role }) => (account === null ? role : `${role} in ${account}`));
  const facts = [kind, held.join(', ') || 'no role', `since ${timeText(createdAt)}`];
  terminal.print(`${id}  ${name ?? '(no name)'}${email === null ? '' : ` <${email}>`}  ${facts.join('; ')}`);
}
