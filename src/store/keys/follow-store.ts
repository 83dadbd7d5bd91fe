// Keeps what is held in memory of the store up to date with it: after each change made here, when PostgreSQL tells of one made
// elsewhere, and by asking now and then.
import { changesChannel, type StoreContext } from '../audit/change-audited.ts';
import { listenAt } from '../connection/postgres.ts';

export type FollowContext = StoreContext & { readonly onChange: (listener: () => void) => Disposable };

export type Following = AsyncDisposable & {
  /** Follows the store now. @throws what reading throws */
  readonly refresh: () => Promise<void>;
};

export type FollowOptions = {
  readonly pollMs: number;
  readonly readChanges: () => Promise<void>;
  /** Called every minute, and at the end. */
  readonly flush: () => Promise<void>;
};

const flushEveryMs = 60_000;

/** Reads once, then follows. @throws what reading throws */
export async function followStore(
  { database, onChange }: FollowContext,
  { pollMs, readChanges, flush }: FollowOptions,
): Promise<Following> {
  let running: Promise<void> | undefined;
  /** One at a time; who asks while one runs waits for the next, which has what was committed before the question. */
  const refresh = async (): Promise<void> => {
    const before = running;
    const next = (before ?? Promise.resolve()).catch(() => {}).then(readChanges);
    running = next;
    await next.finally(() => {
      if (running === next) running = undefined;
    });
  };
  const follow = (): void => void refresh().catch(() => {});
  await refresh();

  await using opened = new AsyncDisposableStack();
  opened.defer(() => flush().catch(() => {}));
  opened.use(onChange(follow));
  const { location } = database;
  const listener =
    location.type === 'postgres' ? opened.use(listenAt(location.url, changesChannel, follow)) : undefined;
  void listener?.ensure();
  opened.use(
    every(pollMs, () => {
      if (running === undefined) follow();
      void listener?.ensure();
    }),
  );
  opened.use(every(flushEveryMs, () => void flush().catch(() => {})));
  const owned = opened.move();
  return { refresh, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function every(milliseconds: number, run: () => void): Disposable {
  const timer = setInterval(run, milliseconds).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
