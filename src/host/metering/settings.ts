// What the store says of limits, prices, and the time zone and currency of organisations, read again whenever a row was added.
import { type Price, type PriceRecord, parsePriceRecord, priceAt } from '../../prices/index.ts';
import { type Limit, limitsAt, priceRows, type Store } from '../../store/index.ts';

export type OrganisationSettings = { readonly timeZone: string; readonly currency: string };

export type MeteringSettings = {
  readonly limits: readonly Limit[];
  readonly organisation: (id: string) => OrganisationSettings;
  /** What a model costs an organisation at a moment; undefined where nothing says so. */
  readonly price: (organisation: string, model: string, engine: string, at: number) => Price | undefined;
};

/** For organisations that the store does not know, such as that of a key that the operator gave. */
const unknownOrganisation: OrganisationSettings = { timeZone: 'UTC', currency: 'USD' };

export async function readSettings(
  { database }: Pick<Store, 'database'>,
  now: number,
): Promise<MeteringSettings> {
  const limits = await limitsAt(database, now);
  const organisations = new Map<string, OrganisationSettings>();
  for (const row of await database.query
    .selectFrom('organisation')
    .select(['id', 'time_zone', 'currency'])
    .execute())
    organisations.set(row.id, { timeZone: row.time_zone, currency: row.currency });
  const prices = (await priceRows(database)).map((row) => ({
    organisation: row.organisation as string | null,
    record: recordOf(row),
  }));
  const organisation = (id: string): OrganisationSettings => organisations.get(id) ?? unknownOrganisation;
  const known = new Map<string, { readonly price: Price | undefined; readonly until: number }>();
  return {
    limits,
    organisation,
    price: (id, model, engine, at) => {
      const name = JSON.stringify([id, model, engine]);
      const found = known.get(name);
      if (found !== undefined && at < found.until) return found.price;
      const records = prices.flatMap(({ organisation: of, record }) =>
        of === null || of === id ? record : [],
      );
      const price = priceAt(records, { model, engine, currency: organisation(id).currency }, at);
      const later = records.map(({ validFrom }) => Date.parse(validFrom)).filter((moment) => moment > at);
      known.set(name, { price, until: Math.min(...later, Number.POSITIVE_INFINITY) });
      return price;
    },
  };
}

type Row = Awaited<ReturnType<typeof priceRows>>[number];

/** @throws TGL_PRICE_INVALID for a row that this version of the program cannot read */
function recordOf({ model, engine, unit, amount, currency, source, verified, valid_from }: Row): PriceRecord {
  return parsePriceRecord({
    ...{ schema: 1, unit, amount, currency, source, verified: verified === 1 },
    of: model === null ? { engine } : { model },
    validFrom: new Date(valid_from).toISOString(),
  });
}
