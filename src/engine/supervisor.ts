// Keeps one loaded child process alive: starts it, notices its end, and replaces it after a pause that doubles with
// every failure in a row. Whenever it is started, the bytes that it is to load are compared first.
import { type Clock, type ErrorDetails, TiegelError } from '../base/index.ts';
import type { LoadedFile } from '../catalog/index.ts';
import { type HeldFiles, holdFiles } from './held-files/held-files.ts';

/** Times in milliseconds. */
export type RestartLimits = {
  /** Pause before the first restart. @default 250 */
  readonly restartMs: number;
  /** The longest pause. @default 30,000 */
  readonly longestRestartMs: number;
  /** A child that has lived so long is sound: the next pause is the first one again. @default 60,000 */
  readonly soundAfterMs: number;
};

export type EngineLogger = { readonly warn: (details: ErrorDetails, message: string) => void };

export type SupervisedChild = {
  /** Fulfilled with the reason once the process is gone, for whatever reason. */
  readonly ended: Promise<string>;
  readonly kill: (reason: string) => void;
};

export type SupervisorOptions<Child extends SupervisedChild, Ready> = {
  /** For messages. */
  readonly model: string;
  /** What it loads. */
  readonly files: readonly LoadedFile[];
  /** The child's number for the first of their descriptors. */
  readonly firstDescriptor: number;
  /** The program that is started, where its digest is known. @default none */
  readonly program?: readonly LoadedFile[];
  /** `ready` is what the child says of itself once it can be used; rejected with TGL_ENGINE_START_FAILED. */
  readonly start: (files: HeldFiles) => { readonly child: Child; readonly ready: Promise<Ready> };
  readonly clock: Clock;
  readonly logger: EngineLogger | undefined;
  readonly limits: Partial<RestartLimits> | undefined;
  /** The child that served is gone. Called before a restart is planned, and at the close. */
  readonly onEnd?: (reason: string) => void;
};

export type Supervisor<Child, Ready> = {
  /** What the first child said of itself. */
  readonly ready: Ready;
  readonly child: () => Child | undefined;
  /** What the one that serves said of itself, once its files were seen to be unchanged. */
  readonly loaded: () => Ready | undefined;
  /**
   * What to tell who asks while there is no child: TGL_ENGINE_UNAVAILABLE with the time until there may be one again, or
   * why there cannot be one, such as TGL_BLOB_CORRUPT. Starting it is tried again in either case.
   */
  readonly absence: () => TiegelError;
  /** Kills the child, whether it serves or is being started, and waits until it is gone. */
  readonly close: () => Promise<void>;
};

/** @throws TGL_ENGINE_START_FAILED, TGL_BLOB_CORRUPT when the first start fails; later ones are repeated. */
export async function superviseChild<Child extends SupervisedChild, Ready>(
  options: SupervisorOptions<Child, Ready>,
): Promise<Supervisor<Child, Ready>> {
  const { model, clock, logger, onEnd, program = [] } = options;
  const limits = { restartMs: 250, longestRestartMs: 30_000, soundAfterMs: 60_000, ...options.limits };
  let serving: { readonly child: Child; readonly ready: Ready } | undefined;
  let newest: Child | undefined;
  let failures = 0;
  let nextAttemptAt = 0;
  let restart: NodeJS.Timeout | undefined;
  /** The last start failed for a reason that does not go away by itself. */
  let obstacle: TiegelError | undefined;
  const closing = new AbortController();

  const start = async (): Promise<Ready> => {
    using files = await holdFiles(options.files, options.firstDescriptor, program, closing.signal);
    closing.signal.throwIfAborted();
    const { child, ready: whenReady } = options.start(files);
    newest = child;
    const ready = await whenReady.then(whileUnchanged(files)).catch(async (error: unknown) => {
      child.kill('it could not load the model');
      await child.ended;
      throw error;
    });
    obstacle = undefined;
    serving = { child, ready };
    const since = clock.monotonic();
    void child.ended.then((reason) => {
      serving = undefined;
      if (clock.monotonic() - since > limits.soundAfterMs) failures = 0;
      onEnd?.(reason);
      restartLater(reason);
    });
    return ready;
  };

  const restartLater = (reason: string): void => {
    if (closing.signal.aborted) return;
    const pause = Math.min(limits.restartMs * 2 ** failures++, limits.longestRestartMs);
    logger?.warn({ model, reason, retryAfterMs: pause }, 'the engine stopped and will be restarted');
    nextAttemptAt = clock.monotonic() + pause;
    restart = setTimeout(() => {
      start().catch((error: unknown) => {
        const known = TiegelError.isInstance(error) ? error : undefined;
        obstacle = known?.retryable === false ? known : undefined;
        restartLater(String(known?.details.reason ?? known?.message ?? error));
      });
    }, pause);
  };

  const ready = await start();
  return {
    ready,
    child: () => serving?.child,
    loaded: () => serving?.ready,
    absence: () => {
      const retryAfterMs = Math.max(limits.restartMs, Math.ceil(nextAttemptAt - clock.monotonic()));
      return obstacle ?? new TiegelError('TGL_ENGINE_UNAVAILABLE', { model, retryAfterMs });
    },
    close: async () => {
      closing.abort(new TiegelError('TGL_ENGINE_CLOSED', { model }));
      clearTimeout(restart);
      newest?.kill('the engine was closed');
      await newest?.ended;
    },
  };
}

/** Passes what a child says on, if no file was written to while it loaded them. */
function whileUnchanged<Ready>(files: HeldFiles): (ready: Ready) => Ready {
  return (ready) => {
    files.requireUnchanged();
    return ready;
  };
}
