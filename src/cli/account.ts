// `tiegel account`: the accounts of an organisation, whose keys ask models.
import { type Account, parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type StoreFlags, timeText, withStore } from './with-store.ts';

export async function runAccountList(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, organisation }) => {
    const accounts = await store.accounts.list(organisation);
    for (const account of accounts) show(context, account);
    context.terminal.result({ accounts });
    return 0;
  });
}

export async function runAccountCreate(
  context: CommandContext,
  name: string,
  { region, ...flags }: StoreFlags & { readonly region?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author, organisation }) => {
    const account = await store.accounts.create(organisation, author, { name, region });
    show(context, account);
    context.terminal.result({ account });
    return 0;
  });
}

export async function runAccountUpdate(
  context: CommandContext,
  id: string,
  { name, region, ...flags }: StoreFlags & { readonly name?: string; readonly region?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author, organisation }) => {
    const account = await store.accounts.update(organisation, parseIdentifier('account', id), author, {
      ...(name !== undefined && { name }),
      ...(region !== undefined && { region }),
    });
    show(context, account);
    context.terminal.result({ account });
    return 0;
  });
}

export async function runAccountArchive(
  context: CommandContext,
  id: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, author, organisation }) => {
    const account = await store.accounts.archive(organisation, parseIdentifier('account', id), author);
    show(context, account);
    context.terminal.result({ account });
    return 0;
  });
}

function show({ terminal }: CommandContext, { id, name, region, state, createdAt }: Account): void {
  const where = region === null ? '' : `${region}, `;
  terminal.print(`${id}  ${name}  ${where}${state}, since ${timeText(createdAt)}`);
}
