// Starts and watches one llama-server: an operator's own binary on a loopback port that it picks itself, with a key that
// only this process and the child know. Killing is the only way it is ended. Not covered: a binary that means harm.
import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Clock, type Entropy, TiegelError } from '../../base/index.ts';
import { childEnvironment } from '../llama/child-environment.ts';
import { createServerConnection, type ServerConnection } from './server-connection.ts';

export type ServerLimits = {
  /** Time for loading the model. @default 120,000 */
  readonly startMs: number;
  /** Interval of the heartbeat. @default 2,000 */
  readonly heartbeatMs: number;
  /** A server that has not got to the end of a step for so long is killed. @default 30,000 */
  readonly stepMs: number;
  /** And one that takes more memory than that, where the system tells. @default Infinity */
  readonly residentBytes: number;
};

const defaultServerLimits: ServerLimits = {
  startMs: 120_000,
  heartbeatMs: 2_000,
  stepMs: 30_000,
  residentBytes: Number.POSITIVE_INFINITY,
};

export type ServerProcess = {
  readonly processId: number | undefined;
  /** Fulfilled with the reason once the process is gone, for whatever reason. */
  readonly ended: Promise<string>;
  readonly kill: (reason: string) => void;
};

export type ServerProcessOptions = {
  /** For messages. */
  readonly model: string;
  readonly binary: string;
  readonly arguments: readonly string[];
  /** Open files that it gets, from `firstFreeDescriptor` on. */
  readonly descriptors: readonly number[];
  readonly limits: Partial<ServerLimits> | undefined;
  readonly clock: Clock;
  readonly entropy: Entropy;
};

/** After input, output and errors. */
export const firstFreeDescriptor = 3;

/** Characters of the child's output that are kept for the reason of a crash. */
const keptOutput = 4_000;
const healthPauseMs = 50;

/** `ready` is rejected with TGL_ENGINE_START_FAILED. */
export function startServer(options: ServerProcessOptions): {
  readonly child: ServerProcess;
  readonly ready: Promise<ServerConnection>;
} {
  const { model, binary } = options;
  const limits = { ...defaultServerLimits, ...options.limits };
  const key = Buffer.from(options.entropy(32)).toString('hex');
  // Command lines are for everybody on the machine to see; the environment is for the same user only.
  const env = { ...childEnvironment(process.env), LLAMA_API_KEY: key };
  const flags = [...options.arguments, '--host', '127.0.0.1', '--port', '0'];
  const child = spawn(binary, flags, { env, stdio: ['ignore', 'pipe', 'pipe', ...options.descriptors] });
  let killedFor: string | undefined;

  const kill = (reason: string): void => {
    killedFor ??= reason;
    child.kill('SIGKILL');
  };
  const output = watchOutput(child);
  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => resolve(killedFor ?? [how, ...output.lastError()].join(', '));
    child.once('error', (error) => {
      if (child.pid === undefined) end(error.message);
    });
    child.once('close', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });

  const becomeReady = async (): Promise<ServerConnection> => {
    const tooLate = setTimeout(() => kill(`it was not ready after ${limits.startMs} ms`), limits.startMs);
    try {
      const failed = ended.then((reason): never => {
        throw new TiegelError('TGL_ENGINE_START_FAILED', { model, reason });
      });
      const origin = await Promise.race([output.origin, failed]);
      const connection = createServerConnection(origin, key);
      ended.then(() => connection[Symbol.asyncDispose]());
      await Promise.race([isHealthy(connection), failed]);
      watch(child, connection, { ...limits, clock: options.clock }, kill, ended);
      return connection;
    } finally {
      clearTimeout(tooLate);
    }
  };
  return { child: { processId: child.pid, ended, kill }, ready: becomeReady() };
}

/** Where the server says that it listens, and what it said last. */
function watchOutput(child: NodeChild): {
  readonly origin: Promise<string>;
  readonly lastError: () => readonly string[];
} {
  let kept = '';
  const { promise: origin, resolve } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).slice(-keptOutput);
      const address = /listening on (http:\/\/127\.0\.0\.1:\d+)\s/.exec(kept)?.[1];
      if (address !== undefined) resolve(address);
    });
  }
  const lastError = (): readonly string[] => {
    const lines = kept.split('\n').map((line) => line.trim());
    // The first error is the cause; what follows says that there was one.
    const line =
      lines.find((text) => /error|fail|invalid/i.test(text)) ?? lines.findLast((text) => text !== '');
    return line === undefined ? [] : [line];
  };
  return { origin, lastError };
}

async function isHealthy(connection: ServerConnection): Promise<void> {
  while (!(await connection.healthy()))
    await new Promise((resolve) => {
      setTimeout(resolve, healthPauseMs);
    });
}

/**
 * The state of the slots is told between two steps, so that a runtime that hangs does not answer. One failure by itself says
 * nothing: a connection that was kept open may be closed by the server in the moment in which it is used again.
 */
function watch(
  child: NodeChild,
  connection: ServerConnection,
  { heartbeatMs, stepMs, residentBytes, clock }: ServerLimits & { readonly clock: Clock },
  kill: (reason: string) => void,
  ended: Promise<string>,
): void {
  let asking = false;
  let answeredAt = clock.monotonic();
  const heartbeat = setInterval(async () => {
    const taken = residentBytesOf(child.pid) ?? 0;
    if (taken > residentBytes) kill(`it took ${taken} bytes of memory, more than ${residentBytes}`);
    if (asking) return;
    asking = true;
    await connection
      .busySlots(stepMs)
      .then(
        () => {
          answeredAt = clock.monotonic();
        },
        () => {
          if (clock.monotonic() - answeredAt < stepMs) return;
          kill(`a step of the runtime took longer than ${stepMs} ms`);
        },
      )
      .finally(() => {
        asking = false;
      });
  }, heartbeatMs);
  ended.then(() => clearInterval(heartbeat));
}

/** Memory of a process; undefined where the system does not tell. */
export function residentBytesOf(processId: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
