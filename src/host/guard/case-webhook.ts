// Tells an address of the operator of cases that were opened or raised. Nothing waits for it: what it cannot deliver is counted and
// logged, and the case stands in the store all the same.
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { reasonOf } from '../../base/index.ts';
import type { Evidence } from '../../guard/index.ts';
import { createOutbound, type Outbound } from '../../outbound/index.ts';
import type { GuardCase } from '../../store/index.ts';
import type { Environment } from '../environment.ts';

export type CaseWebhook = AsyncDisposable & {
  readonly tell: (opened: GuardCase) => void;
  /** Cases that could not be told. */
  readonly failures: () => number;
};

export type CaseWebhookOptions = {
  readonly url: string;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Between two attempts, in milliseconds. @default 1000 and 10,000 */
  readonly waitsMs?: readonly number[];
};

/** Cases that wait; more are not told. */
const mostWaiting = 1000;
const mostReplyBytes = 65_536;

export function openCaseWebhook(options: CaseWebhookOptions): CaseWebhook {
  const { url, outbound, logger, waitsMs = [1000, 10_000] } = options;
  const closing = new AbortController();
  let [waiting, failed, last] = [0, 0, Promise.resolve()];

  const post = async (opened: GuardCase): Promise<void> => {
    using response = await outbound.request({
      ...{ method: 'POST', url, body: JSON.stringify(toldOf(opened)), maxBytes: mostReplyBytes },
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(30_000)]),
    });
    if (response.status >= 300) throw new Error(`it answered ${response.status}`);
  };
  const deliver = async (opened: GuardCase): Promise<void> => {
    for (const wait of [...waitsMs, null]) {
      try {
        return await post(opened);
      } catch (error) {
        if (wait === null || closing.signal.aborted) {
          failed++;
          logger.warn(
            { case: opened.id, reason: reasonOf(error) },
            'a case could not be told to the webhook',
          );
          return;
        }
      }
      await setTimeout(wait, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  };
  return {
    tell: (opened) => {
      if (waiting >= mostWaiting) {
        failed++;
        return;
      }
      waiting++;
      last = last.then(() => deliver(opened)).finally(() => void waiting--);
    },
    failures: () => failed,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await last;
    },
  };
}

/** What leaves the machine: who, how much and why in a sentence; of what was asked nothing is known here. */
function toldOf({ id, organisation, account, use_class, level, opened_at, evidence }: GuardCase): object {
  const { verdict, requests, traceTokens } = evidence as Evidence;
  return {
    ...{ type: 'guard.case', case: id, organisation, account, class: use_class, level },
    ...{ openedAt: new Date(opened_at).toISOString(), verdict, requests, traceTokens },
  };
}

/** Undefined where the operator named no address. */
export function caseWebhookOf(
  { guardWebhook: url, offline }: Pick<Environment, 'guardWebhook' | 'offline'>,
  logger: CaseWebhookOptions['logger'],
): CaseWebhook | undefined {
  if (url === undefined) return undefined;
  const outbound = createOutbound({ offline, allowedOrigins: [new URL(url).origin] });
  const webhook = openCaseWebhook({ url, outbound, logger });
  return {
    ...webhook,
    [Symbol.asyncDispose]: async () => {
      await webhook[Symbol.asyncDispose]();
      await outbound[Symbol.asyncDispose]();
    },
  };
}
