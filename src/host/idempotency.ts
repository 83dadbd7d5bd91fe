// Idempotency keys over the store: which request runs, what the others are told, and for how long an answer is kept, as the data
// policy of whoever asks has it.
import type { Logger } from 'pino';
import { createLinkedList } from '../base/index.ts';
import type { BeginKeyed, StoredAnswer } from '../gateway/index.ts';
import type { PoliciesInForce } from '../governance/index.ts';
import { claimLeaseMs, type RunningClaim, type Store } from '../store/index.ts';
import type { RequestRecord } from '../traffic/index.ts';
import { hasUsed } from './metering/request-need.ts';

export type IdempotencyKeys = Disposable & { readonly begin: BeginKeyed };

const hourMs = 60 * 60 * 1000;
const removeMs = 60_000;

export function openIdempotencyKeys({
  store,
  policies,
  logger,
}: {
  readonly store: Pick<Store, 'idempotency'>;
  readonly policies: PoliciesInForce;
  readonly logger: Pick<Logger, 'error'>;
}): IdempotencyKeys {
  const running = createLinkedList<RunningClaim>();
  const keep = (what: string, work: Promise<void>): void =>
    void work.catch((err: unknown) => logger.error({ err }, what));
  const renewing = setInterval(() => {
    for (const claim of running)
      keep('a request with an idempotency key could not be renewed', claim.renew());
  }, claimLeaseMs / 3).unref();
  const removing = setInterval(
    () => keep('expired idempotency keys could not be removed', store.idempotency.removeExpired()),
    removeMs,
  ).unref();
  return {
    begin: async ({ requestId, principal, route, idempotencyKey, body }) => {
      const { organisation, keyId } = principal;
      const keptHours = (): number => policies.of(principal).policy.retention.idempotencyHours;
      const begun = await store.idempotency.begin({
        ...{ organisation, key: keyId, route, idempotencyKey, body, request: requestId },
      });
      if (begun.type === 'done') {
        const { outcome, answer } = begun;
        const isShown = answer !== undefined && keptHours() > 0;
        return {
          ...{ type: 'done', ...outcome },
          answer: isShown ? (JSON.parse(answer) as StoredAnswer) : undefined,
        };
      }
      if (begun.type !== 'begun') return begun;
      const { claim } = begun;
      const node = running.add(claim);
      const end = (record: RequestRecord, answer: StoredAnswer | undefined): Promise<void> => {
        running.remove(node);
        return endClaim(claim, record, { answer, keptMs: keptHours() * hourMs });
      };
      return { type: 'begun', run: { end } };
    },
    [Symbol.dispose]: () => {
      clearInterval(renewing);
      clearInterval(removing);
    },
  };
}

function endClaim(
  claim: RunningClaim,
  record: RequestRecord,
  { answer, keptMs }: { readonly answer: StoredAnswer | undefined; readonly keptMs: number },
): Promise<void> {
  if (!hasUsed(record)) return claim.release();
  const { outcome, usage } = record;
  const ended = {
    outcome: 'code' in outcome ? `${outcome.type} ${outcome.code}` : outcome.type,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
  };
  const isKept = answer !== undefined && keptMs > 0;
  return claim.finish(ended, ...(isKept ? [{ text: JSON.stringify(answer), keptMs }] : []));
}
