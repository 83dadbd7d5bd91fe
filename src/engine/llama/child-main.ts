// The child process of a llama engine: takes commands, gives events. It ends with its parent. This thread only speaks with
// the parent; another one computes, and is told of an abort in the middle of a step.
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../base/index.ts';
import { createOutbox } from './outbox.ts';
import { batchTokens } from './prompt-pace.ts';
import {
  type FromChild,
  type FromWorker,
  type GenerateCommand,
  parseToChild,
  type ToChild,
} from './protocol.ts';
import { createSharedState } from './shared-state.ts';

function send(message: FromChild): void {
  process.send?.(message);
}

const { emit } = createOutbox((events) => send({ type: 'events', events }), systemClock);
const state = createSharedState();
const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: state.memory });

worker.on('message', (message: FromWorker) => {
  if (message.type === 'events') for (const event of message.events) emit(event);
  else send(message);
});

process.on('message', (message) => {
  const command = readCommand(message);
  if (command === undefined) return;
  if (command.type === 'ping') {
    send({ type: 'pong', ...state.progress(), residentBytes: process.memoryUsage.rss() });
    return;
  }
  worker.postMessage(command);
  if (command.type === 'abort') state.interrupt();
  if (command.type === 'generate' && isShort(command)) state.interruptForNewcomer(systemClock.now());
});

/** So short that one step or two read it. A token is rarely less than a character. */
function isShort({ prompt }: GenerateCommand): boolean {
  return prompt.reduce((sum, { text }) => sum + text.length, 0) <= 2 * batchTokens;
}

/** A command for one generation that cannot be read costs that one, not all of them. */
function readCommand(message: unknown): ToChild | undefined {
  try {
    return parseToChild(message);
  } catch (error) {
    const { generation } = message as { readonly generation?: unknown };
    if (typeof generation !== 'number') throw error;
    emit({ type: 'fault', generation, reason: `the command cannot be read: ${String(error)}` });
    return undefined;
  }
}

// A hard end: an orderly exit would first wait for the native threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
