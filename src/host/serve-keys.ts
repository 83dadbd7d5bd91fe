// What a server needs of the store besides its models: whose key a request carries, the one key of a first start, and the daily
// signatures under the audit log.
import type { Catalog } from '../catalog/index.ts';
import type { GatewayKeys } from '../gateway/index.ts';
import { pruneStore } from '../governance/index.ts';
import type { Author, FreshLink } from '../store/index.ts';
import type { HostContext } from './context.ts';
import type { HostStore } from './open-store.ts';
import type { createServerLogger } from './server-logger.ts';

export type FirstStart = {
  /** The key, where this start made one. */
  readonly freshKey: string | undefined;
  /** Signs in whoever owns the organisation, once and soon; undefined where no person does. */
  readonly link: FreshLink | undefined;
};

export type ServedKeys = GatewayKeys &
  AsyncDisposable & {
    /** To be called once it is certain that somebody can read what it makes. */
    readonly firstStart: () => Promise<FirstStart>;
    /** Follows the store now. @throws TGL_STORE_UNAVAILABLE */
    readonly refresh: () => Promise<void>;
  };

const server: Author = { actor: { type: 'server' }, request: null, reason: 'start of the server' };

/** @throws TGL_STORE_UNAVAILABLE */
export async function serveKeys(
  { environment }: Pick<HostContext, 'environment'>,
  { keys }: HostStore,
): Promise<ServedKeys> {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const secret = environment.key;
  // A key that the operator gives has a record as others do, so that what it uses can be counted and limited.
  if (secret !== undefined) await keys.firstStart({ timeZone, hasGivenKey: true });
  const alias = secret === undefined ? undefined : { secret, key: await keys.ensureGivenKey() };
  const authenticator = await keys.authenticator({ alias });
  return {
    givenByOperator: secret !== undefined,
    authenticate: authenticator.authenticate,
    authenticateSession: authenticator.authenticateSession,
    refresh: authenticator.refresh,
    firstStart: async () => {
      const { freshKey, organisation } = await keys.firstStart({
        timeZone,
        hasGivenKey: secret !== undefined,
      });
      const owner = await keys.firstPerson(organisation, server);
      const link = owner && (await keys.signIns.createLink(organisation, owner, server));
      await authenticator.refresh();
      return { freshKey, link };
    },
    [Symbol.asyncDispose]: () => authenticator[Symbol.asyncDispose](),
  };
}

const hourMs = 3_600_000;

type Logger = ReturnType<typeof createServerLogger>;

/** What is done for a store now and then while a server runs. */
export function lookAfterStore(opened: HostStore, catalog: Catalog, logger: Logger): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  stack.use(signAuditHeads(opened, catalog, logger));
  stack.use(warnOfExpiry(opened, logger));
  stack.use(pruneDaily(opened, catalog, logger));
  return stack;
}

/** Signs the heads of the audit log now and once a day, with the key that signs admission records. */
function signAuditHeads({ store }: HostStore, { signingKey }: Catalog, logger: Logger): Disposable {
  const sign = (): void => {
    store.audit.signHeads(signingKey).catch((err: unknown) => {
      logger.error({ err }, 'the heads of the audit log could not be signed; they will be within the hour');
    });
  };
  sign();
  const timer = setInterval(sign, hourMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const dayMs = 24 * hourMs;

const pruning: Author = {
  actor: { type: 'server' },
  request: null,
  reason: 'its time has come by the data policy',
};

/** Removes now and once a day what data policies no longer keep in the ledger and the audit log. */
function pruneDaily(
  { store }: HostStore,
  { signingKey }: Catalog,
  logger: Pick<Logger, 'info' | 'error'>,
): AsyncDisposable {
  const stop = new AbortController();
  const prune = async (): Promise<void> => {
    try {
      const parts = await pruneStore(store, signingKey, pruning, stop.signal);
      if (parts.length > 0) logger.info({ parts }, 'rows whose time had come were removed');
    } catch (err) {
      logger.error({ err }, 'the ledger and the audit log could not be pruned; they will be in a day');
    }
  };
  let running = prune();
  const timer = setInterval(() => {
    running = running.then(prune);
  }, dayMs).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}

/** Writes into the log now and once a day which keys expire within two weeks. */
function warnOfExpiry({ keys }: Pick<HostStore, 'keys'>, logger: Pick<Logger, 'warn' | 'error'>): Disposable {
  const warn = async (): Promise<void> => {
    try {
      const expiring = await keys.expiring();
      if (expiring.length === 0) return;
      const shown = expiring.map(({ organisation, id, expiresAt }) => {
        return { organisation, key: id, expires: new Date(expiresAt ?? 0).toISOString() };
      });
      logger.warn({ keys: shown }, 'keys expire within two weeks; rotate them, or give them longer');
    } catch (err) {
      logger.error({ err }, 'keys that expire could not be looked for; they will be in a day');
    }
  };
  void warn();
  const timer = setInterval(() => void warn(), dayMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
