// `tiegel usage correct` and `credit`: rows that are added to the ledger by hand. A running server follows within a second.
import { TiegelError } from '../base/index.ts';
import { formatAmount, parseAmount } from '../prices/index.ts';
import { correctRequest, creditUse, openLedger, parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type OpenedStore, type StoreFlags, withStore } from './with-store.ts';

type ByHandFlags = StoreFlags & { readonly reason: string };

type CreditFlags = ByHandFlags & {
  readonly account?: string;
  readonly principal?: string;
  readonly key?: string;
  readonly model?: string;
};

export async function runUsageCorrect(
  context: CommandContext,
  request: string,
  flags: ByHandFlags & { readonly amount: string },
): Promise<ExitCode> {
  const amount = parseAmount(flags.amount);
  return withStore(context, flags, async (opened) => {
    const { store, author, organisation } = opened;
    const corrected = await correctRequest(store.context, author, organisation, { request, amount });
    await rollUp(opened);
    const { before, currency } = corrected;
    context.terminal.print(
      `${corrected.request} costs ${formatAmount(amount)} ${currency} instead of ${formatAmount(before)} ${currency}.`,
    );
    const amounts = { before: formatAmount(before), amount: formatAmount(amount) };
    context.terminal.result({ corrected: { ...corrected, ...amounts } });
    return 0;
  });
}

export async function runUsageCredit(
  context: CommandContext,
  text: string,
  flags: CreditFlags,
): Promise<ExitCode> {
  const amount = parseAmount(text);
  if (amount === 0) throw new TiegelError('TGL_USAGE', { problem: 'A credit is of more than 0.' });
  return withStore(context, flags, async (opened) => {
    const { store, author, organisation } = opened;
    const { currency } = await store.organisations.get(organisation);
    const whose = await whoseUse(opened, flags);
    const credit = await creditUse(store.context, author, organisation, { amount, currency, ...whose });
    await rollUp(opened);
    context.terminal.print(`Credited ${formatAmount(amount)} ${currency} (${credit}).`);
    context.terminal.result({ credit: { id: credit, amount: formatAmount(amount), currency, ...whose } });
    return 0;
  });
}

/** @throws TGL_ID_UNKNOWN */
async function whoseUse(
  { store, keys, organisation }: OpenedStore,
  { account, principal, key, model }: CreditFlags,
): Promise<Pick<CreditFlags, 'account' | 'principal' | 'key' | 'model'>> {
  if (key !== undefined) {
    const { id, account: of, principal: holder } = await keys.get(organisation, parseIdentifier('key', key));
    return { key: id, account: of ?? '', principal: holder, ...(model !== undefined && { model }) };
  }
  return {
    ...(account !== undefined && {
      account: (await store.accounts.get(organisation, parseIdentifier('account', account))).id,
    }),
    ...(principal !== undefined && {
      principal: (await store.principals.get(organisation, parseIdentifier('principal', principal))).id,
    }),
    ...(model !== undefined && { model }),
  };
}

/** So that usage tells of it even where no server runs. */
async function rollUp({ store }: OpenedStore): Promise<void> {
  await using ledger = openLedger(store.database, { writer: 'command-line' });
  await ledger.rollUp();
}
