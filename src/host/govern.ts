// What a server does for its data policies: it asks them before a request leaves, keeps content where they allow it, lets it expire,
// and repeats erasures that a restored backup or another node has left undone.
import { join } from 'node:path';
import { systemEntropy } from '../base/index.ts';
import { type FollowedPolicies, followPolicies, repeatErasures } from '../governance/index.ts';
import { type Author, type ContentStore, openContentStore } from '../store/index.ts';
import type { RequestObserver } from '../traffic/index.ts';
import type { HostContext } from './context.ts';
import { keepContent } from './keep-content.ts';
import type { HostStore } from './open-store.ts';
import type { createServerLogger } from './server-logger.ts';

type Logger = ReturnType<typeof createServerLogger>;

export type Governance = AsyncDisposable & {
  readonly policies: FollowedPolicies;
  readonly observer: RequestObserver;
  readonly content: ContentStore;
};

/** What people and models wrote, where it is kept at all. */
export function openContent({
  environment,
  clock,
}: Pick<HostContext, 'environment' | 'clock'>): ContentStore {
  const directory = join(environment.home, 'content');
  return openContentStore({ directory, clock, entropy: systemEntropy });
}

const server: Author = {
  actor: { type: 'server' },
  request: null,
  reason: 'repeated after a backup, or for another node',
};
const minuteMs = 60_000;

/** @throws TGL_STORE_UNAVAILABLE */
export async function govern(
  context: Pick<HostContext, 'environment' | 'clock'>,
  { store }: HostStore,
  logger: Logger,
): Promise<Governance> {
  await using opened = new AsyncDisposableStack();
  const content = opened.use(openContent(context));
  const policies = opened.use(
    await followPolicies(store, {
      onUnreadable: ({ organisation, version }, err) =>
        logger.error({ organisation, version, err }, 'a data policy cannot be read; it allows nothing'),
    }),
  );
  const kept = opened.use(keepContent({ content, policies, logger }));
  await repeatErasures({ store, content }, server);
  const lookAfter = async (): Promise<void> => {
    try {
      content.removeExpired();
      const again = await repeatErasures({ store, content }, server);
      if (again.length > 0) logger.info({ principals: again }, 'erased again');
    } catch (err) {
      logger.error(
        { err },
        'expired content and erasures could not be looked after; they will be in a minute',
      );
    }
  };
  content.removeExpired();
  const timer = setInterval(() => void lookAfter(), minuteMs).unref();
  opened.defer(() => clearInterval(timer));
  const owned = opened.move();
  return { policies, content, observer: kept.observer, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
