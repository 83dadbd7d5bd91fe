// `tiegel key`: the keys of accounts and of administration. A secret is printed once, when it is made.
import { expiryWarningMs, type FreshKey, type KeyRecord, parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { number } from './numbers.ts';
import { accountMeant, holderMeant, type StoreFlags, timeText, withStore } from './with-store.ts';

type NarrowingFlags = StoreFlags & {
  readonly scope?: readonly string[];
  readonly model?: readonly string[];
  readonly network?: readonly string[];
  readonly expires?: string;
};
type KindFlags = { readonly account?: string; readonly administration?: true };

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export async function runKeyList(context: CommandContext, flags: StoreFlags & KindFlags): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const account = flags.administration ? null : await accountMeant(opened, flags.account);
    const keys = await opened.keys.list(opened.organisation, account);
    for (const key of keys) show(context, key);
    context.terminal.result({ keys });
    return 0;
  });
}

export async function runKeyCreate(
  context: CommandContext,
  name: string,
  flags: NarrowingFlags & KindFlags & { readonly principal?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const fresh = await opened.keys.create(opened.organisation, opened.author, {
      name,
      account: flags.administration ? null : await accountMeant(opened, flags.account),
      principal: await holderMeant(opened, flags.principal),
      ...narrowed(context, flags),
    });
    showFresh(context, fresh);
    return 0;
  });
}

export async function runKeyUpdate(
  context: CommandContext,
  id: string,
  { name, ...flags }: NarrowingFlags & { readonly name?: string },
): Promise<ExitCode> {
  return withStore(context, flags, async ({ keys, author, organisation }) => {
    const key = await keys.update(organisation, parseIdentifier('key', id), author, {
      ...(name !== undefined && { name }),
      ...narrowed(context, flags),
    });
    show(context, key);
    context.terminal.result({ key });
    return 0;
  });
}

export async function runKeyRotate(
  context: CommandContext,
  id: string,
  flags: StoreFlags & { readonly overlap?: string; readonly again?: true },
): Promise<ExitCode> {
  const overlapMs = (number('--overlap', flags.overlap, 0, 720) ?? 24) * hourMs;
  return withStore(context, flags, async ({ keys, author, organisation }) => {
    const options = { overlapMs, again: flags.again ?? false };
    showFresh(context, await keys.rotate(organisation, parseIdentifier('key', id), author, options));
    return 0;
  });
}

export async function runKeyRevoke(
  context: CommandContext,
  id: string,
  flags: StoreFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async ({ keys, author, organisation }) => {
    const key = parseIdentifier('key', id);
    await keys.revoke(organisation, key, author);
    context.terminal.print(`${key} is revoked.`);
    context.terminal.result({ key, state: 'revoked' });
    return 0;
  });
}

/** @throws TGL_USAGE */
function narrowed({ clock }: CommandContext, { scope, model, network, expires }: NarrowingFlags) {
  const days = expires === 'never' ? null : number('--expires', expires, 0, 36_500);
  return {
    ...(scope !== undefined && { scopes: scope }),
    ...(model !== undefined && { models: model }),
    ...(network !== undefined && { networks: network }),
    ...(days !== undefined && { expiresAt: days === null ? null : Math.round(clock.now() + days * dayMs) }),
  };
}

function showFresh(context: CommandContext, { key, secret }: FreshKey): void {
  context.terminal.print(`API key (shown once): ${secret}`);
  show(context, key);
  context.terminal.result({ key, secret });
}

function expiresSoon({ expiresAt }: KeyRecord, now: number): boolean {
  return expiresAt !== null && expiresAt - now < expiryWarningMs;
}

function show({ terminal, clock }: CommandContext, key: KeyRecord): void {
  const facts = [
    key.scopes.join(' '),
    ...(key.models === null ? [] : [`for ${key.models.join(', ')}`]),
    ...(key.networks === null ? [] : [`from ${key.networks.join(', ')}`]),
    `expires ${timeText(key.expiresAt)}${expiresSoon(key, clock.now()) ? ' (soon)' : ''}`,
    `last used ${key.lastUsed ?? 'never'}`,
  ];
  terminal.print(`${key.id}  ${key.hint}  ${key.name}  ${facts.join('; ')}`);
}
