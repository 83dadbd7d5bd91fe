// The child process of a llama engine: takes commands, gives events. It ends with its parent.
import type { Llama } from 'node-llama-cpp';
import { systemClock } from '../../base/index.ts';
import { describeRuntime, evaluateLogits, loadModel, openRuntime } from './native-runtime.ts';
import { createOutbox } from './outbox.ts';
import { type FromChild, parseToChild, type ToChild } from './protocol.ts';
import type { Scheduler } from './scheduler.ts';

let llama: Promise<Llama> | undefined;
let scheduler: Scheduler | undefined;

function send(message: FromChild): void {
  process.send?.(message);
}

const { emit } = createOutbox((events) => send({ type: 'events', events }), systemClock);

function runtime(): Promise<Llama> {
  llama ??= openRuntime((level, message) => send({ type: 'log', level, message }));
  return llama;
}

async function handle(command: ToChild): Promise<void> {
  switch (command.type) {
    case 'ping':
      return send({
        type: 'pong',
        ...(scheduler?.progress() ?? { steps: 0, working: false }),
        residentBytes: process.memoryUsage.rss(),
      });
    case 'describe':
      return send({ type: 'facts', facts: await describeRuntime(await runtime()) });
    case 'logits':
      return send({ type: 'logits', logits: await evaluateLogits(await runtime(), command) });
    case 'load': {
      const residentBytesBefore = process.memoryUsage.rss();
      const loaded = await loadModel(await runtime(), command, emit);
      scheduler = loaded.scheduler;
      const facts = await describeRuntime(await runtime());
      const { contextLength } = loaded;
      return send({ type: 'ready', facts, contextLength, residentBytesBefore });
    }
    case 'generate':
      return scheduler?.start(command);
    case 'abort':
      return scheduler?.abort(command.generation);
    case 'force':
      return scheduler?.force(command.generation);
  }
}

process.on('message', (message) => {
  const command = parseToChild(message);
  handle(command).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    if (command.type === 'generate') emit({ type: 'fault', generation: command.generation, reason });
    else send({ type: 'failed', reason });
  });
});

// A hard end: an orderly exit would first wait for the native threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
