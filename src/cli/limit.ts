// `tiegel limit`: what an organisation, an account, a person or a key may use. A running server follows within a second.
import { systemEntropy, TiegelError } from '../base/index.ts';
import { formatAmount, parseAmount } from '../prices/index.ts';
import {
  addLimit,
  type Limit,
  type LimitPeriod,
  type LimitUnit,
  limitsAt,
  limitUnits,
  parseIdentifier,
} from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type OpenedStore, type StoreFlags, withStore } from './with-store.ts';

type LimitFlags = StoreFlags & {
  readonly account?: string;
  readonly principal?: string;
  readonly key?: string;
  readonly model?: string;
  readonly soft?: boolean;
};

const periods: readonly LimitPeriod[] = ['minute', 'hour', 'day', 'month', 'total'];

export async function runLimitList(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, organisation }) => {
    const all = await limitsAt(store.database, context.clock.now());
    const limits = all.filter((limit) => limit.organisation === organisation);
    const { currency } = await store.organisations.get(organisation);
    for (const limit of limits) show(context, limit, currency);
    if (limits.length === 0) context.terminal.print('There are no limits.');
    context.terminal.result({ limits: limits.map((limit) => ({ ...limit, amount: amountText(limit) })) });
    return 0;
  });
}

export async function runLimitSet(
  context: CommandContext,
  unit: string,
  period: string,
  amount: string,
  flags: LimitFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const { store, author, organisation } = opened;
    const what = await whatIsLimited(opened, unit, period, flags);
    const limit = { ...what, amount: amountOf(what.unit, amount) };
    await addLimit(store.context, author, { ...limit, organisation, validFrom: context.clock.now() });
    show(context, limit, (await store.organisations.get(organisation)).currency);
    context.terminal.result({ limit: { ...limit, amount: amountText(limit) } });
    return 0;
  });
}

export async function runLimitRemove(
  context: CommandContext,
  unit: string,
  period: string,
  flags: LimitFlags,
): Promise<ExitCode> {
  return withStore(context, flags, async (opened) => {
    const { store, author, organisation } = opened;
    const what = await whatIsLimited(opened, unit, period, flags);
    const now = context.clock.now();
    const isSame = (limit: Limit): boolean =>
      (['organisation', 'scope', 'subject', 'model', 'unit', 'period'] as const).every(
        (member) => limit[member] === what[member],
      );
    const known = (await limitsAt(store.database, now)).find(isSame);
    if (known === undefined) {
      const problem = `There is no limit on ${unit} a ${period} of the ${what.scope} ${what.subject}.`;
      throw new TiegelError('TGL_USAGE', { problem });
    }
    await addLimit(store.context, author, { ...what, organisation, amount: null, validFrom: now });
    context.terminal.print(`The limit on ${unit} a ${period} has ended.`);
    context.terminal.result({ removed: known.id });
    return 0;
  });
}

/** @throws TGL_USAGE, TGL_ID_UNKNOWN */
async function whatIsLimited(
  { store, keys, organisation }: OpenedStore,
  unit: string,
  period: string,
  { account, principal, key, model, soft = false }: LimitFlags,
): Promise<Omit<Limit, 'amount'>> {
  const knownUnit = limitUnits.find((name) => name === unit);
  const knownPeriod = periods.find((name) => name === period);
  if (knownUnit === undefined || knownPeriod === undefined) {
    const problem = `A limit is on ${limitUnits.join(', ')} a ${periods.join(', ')}; got ${unit} ${period}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  if (knownUnit === 'concurrency' && knownPeriod !== 'total') {
    const problem = 'Concurrency has no period; write `total`.';
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const named = [account, principal, key].filter((one) => one !== undefined);
  if (named.length > 1) {
    const problem = 'A limit is of one account, one principal or one key; name one of them.';
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const of = async (): Promise<Pick<Limit, 'scope' | 'subject'>> => {
    if (account !== undefined) {
      const { id } = await store.accounts.get(organisation, parseIdentifier('account', account));
      return { scope: 'account', subject: id };
    }
    if (principal !== undefined) {
      const { id } = await store.principals.get(organisation, parseIdentifier('principal', principal));
      return { scope: 'principal', subject: id };
    }
    if (key !== undefined) {
      const { id } = await keys.get(organisation, parseIdentifier('key', key));
      return { scope: 'key', subject: id };
    }
    return { scope: 'organisation', subject: organisation };
  };
  return {
    id: `lim_${Buffer.from(systemEntropy(15)).toString('hex')}`,
    ...{ organisation, ...(await of()), model: model ?? null, unit: knownUnit, period: knownPeriod },
    enforcement: soft ? 'soft' : 'hard',
  };
}

/** @throws TGL_USAGE, TGL_AMOUNT_INVALID */
function amountOf(unit: LimitUnit, text: string): number {
  if (unit === 'money') return parseAmount(text);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TiegelError('TGL_USAGE', {
    problem: `An amount of ${unit} is a whole number from 0 on; got ${text}.`,
  });
}

function amountText({ unit, amount }: Pick<Limit, 'unit' | 'amount'>): string {
  return unit === 'money' ? formatAmount(amount) : String(amount);
}

function show({ terminal }: CommandContext, limit: Limit, currency: string): void {
  const { scope, subject, model, unit, period, enforcement, id } = limit;
  const what = unit === 'money' ? currency : unit;
  const time = period === 'total' ? 'in all' : `a ${period}`;
  const where = model === null ? '' : ` for ${model}`;
  terminal.print(`${id}  ${scope} ${subject}${where}: ${amountText(limit)} ${what} ${time}, ${enforcement}`);
}
