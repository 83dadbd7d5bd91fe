// The end of a request to a model, however it came: its record, its settlement, and whoever has to know.
import type { RequestRecord } from '../../traffic/index.ts';
import type { GatewayContext } from '../context.ts';
import { endKeyed, type StoredAnswer } from '../idempotency.ts';
import { type GatewayRequest, outcomeOf } from '../request.ts';

/**
 * Makes the record of a request, once, settles it where it has passed the gate, and tells everybody who has to know. What
 * settles nothing is awaited for no turn of the event loop.
 *
 * @param answer what is about to be answered in full; asked for only where the request has an idempotency key
 * @throws TGL_SETTLEMENT_FAILED; what `requireCurrent` does where it would be answered in full
 */
export async function endRequest(
  context: Pick<GatewayContext, 'observer' | 'settlement' | 'logger' | 'limits'>,
  request: GatewayRequest,
  outcome: RequestRecord['outcome'],
  answer?: () => StoredAnswer | undefined | Promise<StoredAnswer | undefined>,
): Promise<void> {
  if (request.hasEnded) return;
  const isFinished = outcome.type === 'finished';
  if (isFinished) request.requireCurrent();
  request.hasEnded = true;
  const { observer, settlement } = context;
  const record = request.record(outcome);
  request.grant?.settle(record);
  if (settlement.settle !== undefined && request.grant !== null) {
    try {
      await settlement.settle(record);
      // It may have waited for long.
      if (isFinished) request.requireCurrent();
    } catch (error) {
      const failed = { ...record, outcome: outcomeOf(error, request) };
      if (request.keyedRun !== null) await endKeyed(context, request, failed, undefined);
      observer.ended?.(isFinished ? failed : record);
      throw error;
    }
  }
  if (request.keyedRun !== null) await endKeyed(context, request, record, await answer?.());
  observer.ended?.(record);
}
