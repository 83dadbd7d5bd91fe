// `tiegel organisation`: whom accounts, people and keys belong to.
import { type Organisation, parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { timeText, withStore } from './with-store.ts';

type Flags = { readonly reason?: string };
type FactFlags = Flags & { readonly timeZone?: string; readonly currency?: string };

export async function runOrganisationList(context: CommandContext): Promise<ExitCode> {
  return withStore(context, {}, async ({ store }) => {
    const organisations = await store.organisations.list();
    for (const organisation of organisations) show(context, organisation);
    context.terminal.result({ organisations });
    return 0;
  });
}

export async function runOrganisationCreate(
  context: CommandContext,
  name: string,
  { timeZone, currency, ...flags }: FactFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author, organisation: first }) => {
    const usual = await store.organisations.get(first);
    const organisation = await store.organisations.create(author, {
      name,
      timeZone: timeZone ?? usual.timeZone,
      currency: currency ?? usual.currency,
    });
    // Without an owner nobody could hold a key of it.
    const membership = { account: null, role: 'owner' } as const;
    const facts = { kind: 'service', name: 'owner' } as const;
    const owner = await store.principals.create(organisation.id, author, facts, membership);
    show(context, organisation);
    context.terminal.result({ organisation, owner: owner.id });
    return 0;
  });
}

export async function runOrganisationUpdate(
  context: CommandContext,
  id: string,
  { name, timeZone, currency, ...flags }: FactFlags & { readonly name?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author }) => {
    const organisation = await store.organisations.update(parseIdentifier('organisation', id), author, {
      ...(name !== undefined && { name }),
      ...(timeZone !== undefined && { timeZone }),
      ...(currency !== undefined && { currency }),
    });
    show(context, organisation);
    context.terminal.result({ organisation });
    return 0;
  });
}

export async function runOrganisationArchive(
  context: CommandContext,
  id: string,
  flags: Flags,
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author }) => {
    const organisation = await store.organisations.archive(parseIdentifier('organisation', id), author);
    show(context, organisation);
    context.terminal.result({ organisation });
    return 0;
  });
}

function show({ terminal }: CommandContext, organisation: Organisation): void {
  const { id, name, timeZone, currency, state, createdAt } = organisation;
  terminal.print(`${id}  ${name}  ${timeZone}, ${currency}, ${state}, since ${timeText(createdAt)}`);
}
