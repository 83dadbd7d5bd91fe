// Holds of requests to engines that cost somebody else's money. They are in the ledger before the request leaves, so that a process
// that dies in between leaves behind what the request may have cost. A hold is followed by a settlement, by a release where nothing
// was used, or by `lost`, which the next start or another server writes.
import { systemEntropy } from '../../base/index.ts';
import type { ServedModel } from '../../gateway/index.ts';
import type { Price } from '../../prices/index.ts';
import { type FileLessee, joinFile, type LedgerEntry } from '../../store/index.ts';
import type { MeteringOptions } from './metering.ts';
import type { Operation } from './request-need.ts';

export type DurableHolds = {
  /**
   * Resolves once a request may leave, with the hold as it stands in the ledger.
   *
   * @throws TGL_LEDGER_UNAVAILABLE, TGL_STORE_UNAVAILABLE where it may not, and holds nothing
   */
  readonly take: (hold: LedgerEntry) => Promise<LedgerEntry>;
  /** Resolves once it is durable that nothing was used. @throws TGL_LEDGER_UNAVAILABLE */
  readonly release: (hold: LedgerEntry, outcome: string) => Promise<void>;
  /** The same for what never came to an engine, which nobody waits for. */
  readonly releaseLater: (hold: LedgerEntry) => void;
  readonly close: () => Promise<void>;
};

/** Whether a request costs somebody else's money. Counting tokens costs nobody anything. */
export function isPaid({
  model,
  price,
  operation,
}: {
  readonly model: Pick<ServedModel, 'places'>;
  readonly price: Price | undefined;
  readonly operation: Operation;
}): boolean {
  return price !== undefined && operation !== 'count' && model.places.some(({ ownHardware }) => !ownHardware);
}

const retryMs = 1000;

export function openDurableHolds({
  store,
  ledger,
  clock,
}: Pick<MeteringOptions, 'store' | 'ledger' | 'clock'>): DurableHolds {
  const { database } = store;
  const isFile = database.location.type !== 'postgres';
  let joining: Promise<FileLessee> | undefined;
  const unwritten = new Set<LedgerEntry>();
  let timer: NodeJS.Timeout | undefined;

  /** Over PostgreSQL its leases name the lessee already. */
  const lesseeOf = async ({ lease }: LedgerEntry): Promise<string | null> => {
    if (!isFile) return lease;
    joining ??= joinFile({ database, clock, entropy: systemEntropy });
    joining.catch(() => {
      joining = undefined;
    });
    return (await joining).id;
  };
  /** Both, since the hold may be there or not where writing it failed. */
  const writeRest = async (): Promise<void> => {
    for (const hold of unwritten) {
      await ledger.append(hold);
      await ledger.append(releaseOf(hold, 'refused'));
      unwritten.delete(hold);
    }
  };
  const retry = (): void => {
    timer = undefined;
    writeRest().catch(() => {
      timer ??= setTimeout(retry, retryMs).unref();
    });
  };
  const releaseLater = (hold: LedgerEntry): void => {
    unwritten.add(hold);
    retry();
  };
  return {
    take: async (hold) => {
      const held = { ...hold, lease: await lesseeOf(hold) };
      try {
        // Not there, where its lessee has been ended before; then its term is over, too, and the request is not begun.
        await ledger.append(held);
      } catch (error) {
        releaseLater(held);
        throw error;
      }
      return held;
    },
    release: (hold, outcome) => ledger.append(releaseOf(hold, outcome)),
    releaseLater,
    close: async () => {
      clearTimeout(timer);
      await writeRest().catch(() => {});
      const joined = await joining;
      joining = undefined;
      await joined?.[Symbol.asyncDispose]();
    },
  };
}

function releaseOf(hold: LedgerEntry, outcome: string): LedgerEntry {
  return { ...hold, kind: 'release', prompt: 0, reasoning: 0, answer: 0, amount: 0, outcome };
}
