// `tiegel price`: dated prices of an organisation. None is ever changed; a new one takes its place from its day on.
import { systemEntropy, TiegelError } from '../base/index.ts';
import {
  digestOfPrice,
  formatAmount,
  type PriceRecord,
  parseAmount,
  parsePriceRecord,
  priceJump,
  priceUnits,
} from '../prices/index.ts';
import { addPrice, priceRows } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type OpenedStore, type StoreFlags, withStore } from './with-store.ts';

type PriceFlags = StoreFlags & {
  readonly model?: string;
  readonly engine?: string;
  readonly currency?: string;
  readonly from?: string;
  readonly source: string;
  readonly verified?: boolean;
  readonly confirm?: boolean;
};

/** A change by a larger factor is usually a mistake in the unit. */
const largestJump = 10;

export async function runPriceList(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const prices = await pricesOf(opened);
    for (const price of prices) show(context, price);
    if (prices.length === 0) context.terminal.print('There are no prices.');
    context.terminal.result({
      prices: prices.map((price) => ({ ...price, amount: formatAmount(price.amount) })),
    });
    return 0;
  });
}

export async function runPriceSet(
  context: CommandContext,
  unit: string,
  amount: string,
  flags: PriceFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const { store, author, organisation } = opened;
    const record = await recordOf(context, opened, { unit, amount, ...flags });
    const jump = priceJump(await pricesOf(opened), record);
    if (jump > largestJump && flags.confirm !== true) {
      const problem = `The price differs from the one before it by a factor of ${jump.toPrecision(3)}; say --confirm if that is meant.`;
      throw new TiegelError('TGL_USAGE', { problem });
    }
    await addPrice(store.context, author, {
      ...{ id: `prc_${Buffer.from(systemEntropy(15)).toString('hex')}`, organisation },
      model: 'model' in record.of ? record.of.model : null,
      engine: 'engine' in record.of ? record.of.engine : null,
      ...{ unit: record.unit, amount: record.amount, currency: record.currency },
      ...{ valid_from: Date.parse(record.validFrom), source: record.source },
      ...{ verified: record.verified ? 1 : 0, digest: digestOfPrice(record) },
    });
    show(context, record);
    context.terminal.result({ price: { ...record, amount: formatAmount(record.amount) } });
    return 0;
  });
}

/** @throws TGL_USAGE, TGL_AMOUNT_INVALID, TGL_PRICE_INVALID */
async function recordOf(
  { clock }: CommandContext,
  { store, organisation }: OpenedStore,
  given: PriceFlags & { readonly unit: string; readonly amount: string },
): Promise<PriceRecord> {
  const { model, engine, from, unit } = given;
  if ((model === undefined) === (engine === undefined))
    throw new TiegelError('TGL_USAGE', {
      problem: 'A price is of a model or of an engine; name one with --model or --engine.',
    });
  // Nothing here measures what a request takes, so that such a price would come to nothing.
  if (unit === 'joules')
    throw new TiegelError('TGL_USAGE', {
      problem: 'Energy is not measured; price engine-milliseconds instead.',
    });
  const since = from === undefined ? clock.now() : Date.parse(from);
  if (Number.isNaN(since)) {
    const problem = `A time is written like 2026-12-01 or 2026-12-01T08:00Z; got ${from}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const currency = given.currency ?? (await store.organisations.get(organisation)).currency;
  return parsePriceRecord({
    ...{ schema: 1, of: model === undefined ? { engine } : { model }, unit },
    ...{ amount: parseAmount(given.amount), currency, validFrom: new Date(since).toISOString() },
    ...{ source: given.source, verified: given.verified === true },
  });
}

async function pricesOf({ store, organisation }: OpenedStore): Promise<readonly PriceRecord[]> {
  const rows = await priceRows(store.database);
  return rows
    .filter((row) => row.organisation === null || row.organisation === organisation)
    .map(({ model, engine, unit, amount, currency, source, verified, valid_from }) =>
      parsePriceRecord({
        ...{ schema: 1, of: model === null ? { engine } : { model }, unit, amount, currency, source },
        ...{ verified: verified === 1, validFrom: new Date(valid_from).toISOString() },
      }),
    );
}

function show(
  { terminal }: CommandContext,
  { of, unit, amount, currency, validFrom, source, verified }: PriceRecord,
): void {
  const what = 'model' in of ? of.model : `engine ${of.engine}`;
  const much = priceUnits[unit].per === 1_000_000 ? `a million ${unit}` : 'an hour';
  const checked = verified ? 'verified' : 'not verified';
  terminal.print(
    `${what}: ${formatAmount(amount)} ${currency} for ${much} since ${validFrom} (${source}, ${checked})`,
  );
}
