// The child process of a llama engine: takes commands, gives events. It ends with its parent.
import type { Llama } from 'node-llama-cpp';
import { systemClock } from '../../base/index.ts';
import type { Embedder } from './embedder.ts';
import {
  describeRuntime,
  evaluateLogits,
  type LoadedModel,
  loadModel,
  openRuntime,
} from './native-runtime.ts';
import { createOutbox } from './outbox.ts';
import { type FromChild, type Progress, parseToChild, type ToChild } from './protocol.ts';
import type { Scheduler } from './scheduler.ts';

let llama: Promise<Llama> | undefined;
let scheduler: Scheduler | undefined;
let embedder: Embedder | undefined;
let count: LoadedModel['count'] | undefined;

function send(message: FromChild): void {
  process.send?.(message);
}

const { emit } = createOutbox((events) => send({ type: 'events', events }), systemClock);

function runtime(): Promise<Llama> {
  llama ??= openRuntime((level, message) => send({ type: 'log', level, message }));
  return llama;
}

function progress(): Progress {
  const all = [scheduler, embedder].flatMap((part) => part?.progress() ?? []);
  const steps = all.reduce((sum, part) => sum + part.steps, 0);
  return { steps, working: all.some(({ working }) => working) };
}

async function handle(command: ToChild): Promise<void> {
  switch (command.type) {
    case 'ping':
      return send({
        type: 'pong',
        ...progress(),
        residentBytes: process.memoryUsage.rss(),
      });
    case 'describe':
      return send({ type: 'facts', facts: await describeRuntime(await runtime()) });
    case 'logits':
      return send({ type: 'logits', logits: await evaluateLogits(await runtime(), command) });
    case 'load': {
      const residentBytesBefore = process.memoryUsage.rss();
      const loaded = await loadModel(await runtime(), command, emit, systemClock);
      ({ scheduler, embedder, count } = loaded);
      const facts = await describeRuntime(await runtime());
      const { contextLength } = loaded;
      return send({ type: 'ready', facts, contextLength, residentBytesBefore });
    }
    case 'generate':
      return scheduler?.start(command);
    case 'embed':
      return embedder?.start(command);
    case 'count': {
      const { generation, prompt } = command;
      return emit({ type: 'counted', generation, tokens: count?.(prompt) ?? 0 });
    }
    case 'abort':
      scheduler?.abort(command.generation);
      return embedder?.abort(command.generation);
    case 'force':
      return scheduler?.force(command.generation);
  }
}

process.on('message', (message) => {
  const command = readCommand(message);
  if (command === undefined) return;
  handle(command).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (command.type === 'generate' || command.type === 'embed' || command.type === 'count')
      emit({ type: 'fault', generation: command.generation, reason });
    else send({ type: 'failed', reason });
  });
});

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
