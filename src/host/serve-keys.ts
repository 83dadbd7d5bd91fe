// What a server needs of the store besides its models: whose key a request carries, the one key of a first start, and the daily
// signatures under the audit log.
import type { Catalog } from '../catalog/index.ts';
import type { GatewayKeys } from '../gateway/index.ts';
import type { HostContext } from './context.ts';
import type { HostStore } from './open-store.ts';
import type { createServerLogger } from './server-logger.ts';

export type ServedKeys = GatewayKeys &
  AsyncDisposable & {
    /** To be called once it is certain that somebody can read it. @returns the key, where one was made */
    readonly firstKey: () => Promise<string | undefined>;
  };

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
    firstKey: async () => {
      if (secret !== undefined) return undefined;
      const { freshKey } = await keys.firstStart({ timeZone, hasGivenKey: false });
      await authenticator.refresh();
      return freshKey;
    },
    [Symbol.asyncDispose]: () => authenticator[Symbol.asyncDispose](),
  };
}

const hourMs = 3_600_000;

/** Signs the heads of the audit log now and once a day, with the key that signs admission records. */
export function signAuditHeads(
  { store }: HostStore,
  { signingKey }: Catalog,
  logger: ReturnType<typeof createServerLogger>,
): Disposable {
  const sign = (): void => {
    store.audit.signHeads(signingKey).catch((err: unknown) => {
      logger.error({ err }, 'the heads of the audit log could not be signed; they will be within the hour');
    });
  };
  sign();
  const timer = setInterval(sign, hourMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
