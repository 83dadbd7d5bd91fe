// Engines that are there while they are needed: started by the first who asks, kept while leased and for a while
// after, and closed earlier, the one idle longest first, when another one needs its place.
import { type Clock, TiegelError } from '../base/index.ts';
import type { Engine } from './engine.ts';

export type EnginePoolOptions<Model> = {
  /** What tells models apart. */
  readonly key: (model: Model) => string;
  /** @throws TGL_ENGINE_START_FAILED, which whoever waits for the engine gets; the next request tries anew. */
  readonly start: (model: Model) => Promise<Engine>;
  /** Bytes an engine for this model takes, as far as known before it runs. */
  readonly bytes: (model: Model) => number;
  /** Bytes all engines together may take. @default Infinity */
  readonly capacityBytes?: number;
  /** An engine that nobody has leased for so long is closed. @default 300,000 */
  readonly idleMs?: number;
  readonly clock: Clock;
};

/** The right to use an engine, which stays open as long. Disposing it twice does no harm. */
export type EngineLease = Disposable & { readonly engine: Engine };

export type EnginePool<Model> = AsyncDisposable & {
  /**
   * The engine for a model, started if need be. When `signal` aborts, the wait ends with its reason; the start goes
   * on for the next one who asks.
   *
   * @throws TGL_ENGINE_NO_ROOM when engines that are in use leave too little room, TGL_ENGINE_CLOSED, and what
   * `start` throws.
   */
  readonly lease: (model: Model, signal?: AbortSignal) => Promise<EngineLease>;
  /** The models whose engines run or are being started, by key. */
  readonly loaded: () => readonly {
    readonly key: string;
    readonly leases: number;
    /** Milliseconds since the Unix epoch, when it is closed if nobody asks for it before. */
    readonly until: number;
  }[];
};

type Entry = {
  readonly engine: Promise<Engine>;
  readonly bytes: number;
  leases: number;
  idleSince: number;
  timer: NodeJS.Timeout | undefined;
};

const defaultIdleMs = 300_000;

/** @see EnginePoolOptions */
export function createEnginePool<Model>(options: EnginePoolOptions<Model>): EnginePool<Model> {
  const { key: keyOf, start, bytes: bytesOf, clock } = options;
  const { capacityBytes = Number.POSITIVE_INFINITY, idleMs = defaultIdleMs } = options;
  const entries = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();
  let closed = false;

  const close = (key: string, entry: Entry): Promise<void> => {
    clearTimeout(entry.timer);
    if (entries.get(key) === entry) entries.delete(key);
    const gone = entry.engine.then(
      (engine) => engine[Symbol.asyncDispose](),
      () => {},
    );
    closing.add(gone);
    return gone.finally(() => closing.delete(gone));
  };

  /** Closes idle engines, longest idle first, until there is room; all or none, since a half cure helps nobody. */
  const makeRoom = (model: string, needed: number): Promise<unknown> => {
    const taken = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    let missing = taken + needed - capacityBytes;
    const idle = [...entries].filter(([, { leases }]) => leases === 0);
    const victims: typeof idle = [];
    for (const candidate of idle.sort(([, a], [, b]) => a.idleSince - b.idleSince)) {
      if (missing <= 0) break;
      missing -= candidate[1].bytes;
      victims.push(candidate);
    }
    if (missing > 0) {
      const inUse = [...entries].filter(([, { leases }]) => leases > 0).map(([key]) => key);
      throw new TiegelError('TGL_ENGINE_NO_ROOM', { model, needed, capacity: capacityBytes, inUse });
    }
    return Promise.all(victims.map(([key, entry]) => close(key, entry)));
  };

  const open = (key: string, model: Model): Entry => {
    const bytes = bytesOf(model);
    const room = makeRoom(key, bytes);
    const engine = room.then(() => start(model));
    const entry: Entry = { engine, bytes, leases: 0, idleSince: clock.monotonic(), timer: undefined };
    entries.set(key, entry);
    engine.catch(() => entries.get(key) === entry && entries.delete(key));
    return entry;
  };

  const release = (key: string, entry: Entry): void => {
    entry.leases--;
    if (entry.leases > 0 || closed) return;
    entry.idleSince = clock.monotonic();
    entry.timer = setTimeout(() => void close(key, entry), idleMs);
    entry.timer.unref();
  };

  return {
    lease: async (model, signal) => {
      const key = keyOf(model);
      signal?.throwIfAborted();
      if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model: key });
      const entry = entries.get(key) ?? open(key, model);
      clearTimeout(entry.timer);
      entry.leases++;
      let held = true;
      const give = (): void => {
        if (held) release(key, entry);
        held = false;
      };
      try {
        const engine = await orAborted(entry.engine, signal);
        if (closed) throw new TiegelError('TGL_ENGINE_CLOSED', { model: key });
        return { engine, [Symbol.dispose]: give };
      } catch (error) {
        give();
        throw error;
      }
    },
    loaded: () =>
      [...entries].map(([key, { leases, idleSince }]) => {
        const idle = leases > 0 ? 0 : clock.monotonic() - idleSince;
        return { key, leases, until: clock.now() + Math.max(0, idleMs - idle) };
      }),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const [key, entry] of entries) void close(key, entry);
      await Promise.all(closing);
    },
  };
}

async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return await promise;
  return await new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
