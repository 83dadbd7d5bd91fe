// Limits, prices and the ledger of the gateway bench, as a server that ships has them, over a file with full durability.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/index.ts';
import type { GatewayKeys } from '../../src/gateway/index.ts';
import type { Metering } from '../../src/host/metering/metering.ts';
import { startMetering } from '../../src/host/metering/start-metering.ts';
import { parseAmount } from '../../src/prices/index.ts';
import { addLimit, addPrice, limitScopes } from '../../src/store/index.ts';
import { storeWithKey } from './keys.ts';
import type { BenchModel } from './workload.ts';

const author = { actor: { type: 'server' }, request: null, reason: null } as const;
const quiet = { info: () => {}, error: (...told: readonly unknown[]) => console.error(...told) };
const amountNobodyReaches = 1e15;

/** Twelve limits, three for each scope, and prices of the model; its file goes with the process. */
export async function meteringOf(
  secret: string,
  model: BenchModel,
): Promise<{ readonly keys: GatewayKeys; readonly metering: Metering }> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-gateway-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const { store, keys } = await storeWithKey(secret, join(directory, 'store.sqlite'));
  const holder = keys.authenticate(secret, '127.0.0.1');
  if (holder === undefined) throw new Error('the key of the bench is not known');
  const { organisation, account, principalId, keyId } = holder;
  const subjects = { organisation, account: String(account), principal: principalId, key: keyId };
  for (const scope of limitScopes)
    for (const unit of ['requests', 'tokens', 'money'] as const)
      await addLimit(store.context, author, {
        ...{ id: `limit_${scope}_${unit}`, organisation, scope, subject: subjects[scope], model: null },
        ...{ unit, period: 'month', amount: amountNobodyReaches, enforcement: 'hard', validFrom: 0 },
      });
  for (const unit of ['prompt-tokens', 'reasoning-tokens', 'answer-tokens'])
    await addPrice(store.context, author, {
      ...{ id: `price_${unit}`, organisation: null, model, engine: null, unit, amount: parseAmount('1') },
      ...{ currency: 'USD', valid_from: 0, source: 'the bench', verified: 1, digest: '' },
    });
  const metering = await startMetering({ store, clock: systemClock, logger: quiet, writer: 'bench' });
  return { keys, metering };
}
