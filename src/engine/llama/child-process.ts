// Starts and watches one child process: a cleaned environment, validated messages, a heartbeat, and one promise that
// says when and why it ended. Killing is the only way it is ended, since native code cannot be interrupted.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { reasonOf, TiegelError } from '../../base/index.ts';
import { childEnvironment } from './child-environment.ts';
import { type FromChild, parseFromChild, type ToChild } from './protocol.ts';
import { createStepWatch } from './step-watch.ts';

export type ChildLimits = {
  /** Time for loading the runtime and the model. @default 120,000 */
  readonly startMs: number;
  /** Interval of the heartbeat. @default 2,000 */
  readonly heartbeatMs: number;
  /** A child that has given no sign of life for so long is killed. @default 30,000 */
  readonly silenceMs: number;
  /** So is one that answers but whose runtime has not ended a step for so long. @default 30,000 */
  readonly stepMs: number;
  /** And one that takes more memory than that. @default Infinity */
  readonly residentBytes: number;
};

const defaultChildLimits: ChildLimits = {
  startMs: 120_000,
  heartbeatMs: 2_000,
  silenceMs: 30_000,
  stepMs: 30_000,
  residentBytes: Number.POSITIVE_INFINITY,
};

export type ChildProcess = {
  readonly processId: number | undefined;
  /** Dropped without an error when the child is gone; `ended` tells about that. */
  readonly send: (message: ToChild) => void;
  /**
   * Sends a command and waits for the reply of the given type; one at a time.
   * @throws TGL_ENGINE_START_FAILED when the child refuses, ends or takes longer than `startMs`, TGL_RUNTIME_UNKNOWN
   */
  readonly ask: <Type extends FromChild['type']>(command: ToChild, type: Type) => Promise<Reply<Type>>;
  /** Fulfilled with the reason once the process is gone, for whatever reason. */
  readonly ended: Promise<string>;
  /** Kills the child; `ended` then says this reason. */
  readonly kill: (reason: string) => void;
};

type Reply<Type extends FromChild['type']> = Extract<FromChild, { type: Type }>;

export type ChildOptions = {
  /** For messages. */
  readonly model: string;
  readonly limits?: Partial<ChildLimits> | undefined;
  /** Gets every message that is neither a reply nor a heartbeat. */
  readonly receive?: (message: FromChild) => void;
  /** Open files that it gets, from `firstFreeDescriptor` on. @default none */
  readonly descriptors?: readonly number[];
};

/** After input, output, errors and the channel. */
export const firstFreeDescriptor = 4;

/** Weights lie on huge pages where glibc is the C library; others do not heed this. */
const allocation: Readonly<Record<string, string>> =
  process.platform === 'linux' ? { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } : {};

/** Characters of the child's error output that are kept for the reason of a crash. */
const keptErrorOutput = 2_000;

export function startChild({ model, limits: given, receive, descriptors = [] }: ChildOptions): ChildProcess {
  const limits = { ...defaultChildLimits, ...given };
  const child = fork(fileURLToPath(new URL('./child-main.ts', import.meta.url)), [], {
    env: { ...childEnvironment(process.env), ...allocation },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...descriptors],
  });
  let killedFor: string | undefined;
  let errorOutput = '';
  let silentMs = 0;
  const steps = createStepWatch(limits.heartbeatMs);
  let asked: { readonly type: FromChild['type']; readonly answer: (message: FromChild) => void } | undefined;

  const kill = (reason: string): void => {
    killedFor ??= reason;
    child.kill('SIGKILL');
  };
  const send = (message: ToChild): void => {
    // A child that has just died makes this fail before it makes `connected` false.
    if (child.connected) child.send(message, () => {});
  };
  const heartbeat = setInterval(() => {
    // While an answer is awaited, `startMs` is the limit: a process that starts may be silent for long.
    if (asked === undefined) silentMs += limits.heartbeatMs;
    if (silentMs > limits.silenceMs) kill(`it gave no sign of life for ${limits.silenceMs} ms`);
    else send({ type: 'ping' });
  }, limits.heartbeatMs);

  /** Native code that hangs, or devours memory, leaves the event loop of the child alive: it still answers. */
  const feel = ({ residentBytes, ...progress }: Reply<'pong'>): void => {
    if (steps.answered(progress) > limits.stepMs)
      kill(`a step of the runtime took longer than ${limits.stepMs} ms`);
    if (residentBytes > limits.residentBytes)
      kill(`it took ${residentBytes} bytes of memory, more than ${limits.residentBytes}`);
  };

  child.on('message', (received) => {
    silentMs = 0;
    try {
      const message = parseFromChild(received);
      if (asked !== undefined && (message.type === asked.type || message.type === 'failed'))
        asked.answer(message);
      else if (message.type === 'pong') feel(message);
      else receive?.(message);
    } catch (error) {
      kill(`it sent what cannot be understood: ${reasonOf(error)}`);
    }
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-keptErrorOutput);
  });

  const ended = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      clearInterval(heartbeat);
      const lines = errorOutput.trim().split('\n');
      // Node writes where an exception came from, and its version, behind what it was.
      const lastWords = lines.findLast((line) => /^(\w+: )?\w*Error\b/.test(line)) ?? lines.at(-1);
      resolve(killedFor ?? (lastWords ? `${how}, ${lastWords}` : how));
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end(error.message);
    });
    child.once('close', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });

  const ask = async <Type extends FromChild['type']>(command: ToChild, type: Type): Promise<Reply<Type>> => {
    const tooLate = setTimeout(() => kill(`it was not ready after ${limits.startMs} ms`), limits.startMs);
    const answered = new Promise<FromChild>((answer) => {
      asked = { type, answer };
    });
    send(command);
    const reply = await Promise.race([answered, ended]);
    clearTimeout(tooLate);
    asked = undefined;
    if (typeof reply !== 'string' && reply.type === type) return reply as Reply<Type>;
    if (typeof reply !== 'string' && reply.type === 'failed' && reply.release !== undefined)
      throw new TiegelError('TGL_RUNTIME_UNKNOWN', reply.release);
    const reason = typeof reply === 'string' ? reply : reply.type === 'failed' ? reply.reason : reply.type;
    throw new TiegelError('TGL_ENGINE_START_FAILED', { model, reason });
  };

  return { processId: child.pid, send, ask, ended, kill };
}
