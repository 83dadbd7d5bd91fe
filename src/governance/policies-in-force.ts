// The data policies of the store at hand, so that a request is asked about in no time. They follow the store within a second;
// while it is away, those that were known go on holding.
import type { StoredPolicy } from '../store/index.ts';
import type { PoliciesInForce, PolicyInForce } from './permitted-places.ts';
import { effectivePolicy } from './policy/combine.ts';
import { defaultPolicy, type PolicyDocument, parsePolicy } from './policy/policy.ts';

export type PolicySource = {
  readonly policies: { readonly allCurrent: () => Promise<readonly StoredPolicy[]> };
  readonly onChange: (listener: () => void) => Disposable;
};

export type FollowedPolicies = PoliciesInForce &
  AsyncDisposable & {
    /** Every policy that holds for somebody, the default among them. */
    readonly all: () => readonly PolicyInForce[];
    /** Follows the store now. @throws TGL_STORE_UNAVAILABLE */
    readonly refresh: () => Promise<void>;
  };

export type FollowOptions = {
  /** How often the store is asked. @default 500 */
  readonly pollMs?: number;
  /** Told of a document that this version of the program cannot read. It forbids everything. */
  readonly onUnreadable?: (policy: StoredPolicy, problem: unknown) => void;
};

const usualPollMs = 500;
const byDefault: PolicyInForce = { policy: defaultPolicy, version: 0 };

/** What holds where a policy cannot be read: nobody knows what it would allow. */
const nothingAllowed: PolicyDocument = {
  schema: 1,
  retention: { contentDays: 0, idempotencyHours: 0 },
  engines: { regions: [] },
  egress: 'own-hardware',
};

/** @throws TGL_STORE_UNAVAILABLE */
export async function followPolicies(
  store: PolicySource,
  { pollMs = usualPollMs, onUnreadable = () => {} }: FollowOptions = {},
): Promise<FollowedPolicies> {
  let known: ReadonlyMap<string, PolicyInForce> = new Map();
  let seen = '';
  let running: Promise<void> | undefined;

  const documentOf = (stored: StoredPolicy): PolicyDocument => {
    try {
      return parsePolicy(stored.document);
    } catch (problem) {
      onUnreadable(stored, problem);
      return nothingAllowed;
    }
  };
  const read = async (): Promise<void> => {
    const current = await store.policies.allCurrent();
    const versions = current.map(({ organisation, version }) => `${organisation} ${version}`).join();
    if (versions === seen) return;
    known = tableOf(current, documentOf);
    seen = versions;
  };
  /** One at a time; who asks while one runs waits for the next. */
  const refresh = async (): Promise<void> => {
    const next = (running ?? Promise.resolve()).catch(() => {}).then(read);
    running = next;
    await next.finally(() => {
      if (running === next) running = undefined;
    });
  };
  const follow = (): void => void refresh().catch(() => {});
  await refresh();
  const listening = store.onChange(follow);
  const timer = setInterval(() => {
    if (running === undefined) follow();
  }, pollMs).unref();

  return {
    refresh,
    of: ({ organisation, account }) =>
      known.get(keyOf(organisation, account)) ?? known.get(keyOf(organisation, null)) ?? byDefault,
    all: () => [byDefault, ...known.values()],
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      listening[Symbol.dispose]();
      await running?.catch(() => {});
    },
  };
}

function keyOf(organisation: string, account: string | null): string {
  return `${organisation} ${account ?? ''}`;
}

/** What holds for each organisation, and for each account with a policy of its own. */
function tableOf(
  current: readonly StoredPolicy[],
  documentOf: (stored: StoredPolicy) => PolicyDocument,
): ReadonlyMap<string, PolicyInForce> {
  const table = new Map<string, PolicyInForce>();
  for (const [organisation, policies] of Map.groupBy(current, (stored) => stored.organisation)) {
    const whole = policies.find(({ account }) => account === null);
    const base = whole && documentOf(whole);
    for (const stored of policies) {
      const own = stored.account === null ? undefined : documentOf(stored);
      // Versions count within an organisation, so that the greater one names both.
      const version = Math.max(stored.version, whole?.version ?? 0);
      table.set(keyOf(organisation, stored.account), { policy: effectivePolicy(base, own), version });
    }
  }
  return table;
}
