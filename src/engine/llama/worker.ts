// The thread of the child that owns the native runtime: models, scheduler, sampling, all of it synchronous. Commands come by
// its port and are read between steps; while there is nothing to evaluate it waits for them.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { reasonOf, systemClock } from '../../base/index.ts';
import { type Library, openBestLibrary, UnknownRelease } from './ffi/library.ts';
import {
  describeRuntime,
  evaluateLogits,
  type LoadedModel,
  openModel,
  tokenizeTexts,
} from './native-runtime.ts';
import type { FromChild, FromWorker, GenerationEvent, ToWorker } from './protocol.ts';
import { createSharedState } from './shared-state.ts';
import { createStepLoop } from './step-loop.ts';
import { createTimeShare } from './time-share.ts';

const state = createSharedState(workerData as SharedArrayBuffer);
let opened: Library | undefined;
let model: LoadedModel | undefined;
let events: GenerationEvent[] = [];

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function library(): Library {
  opened ??= openBestLibrary();
  return opened;
}

function loaded(): LoadedModel {
  if (model === undefined) throw new Error('no model is loaded');
  return model;
}

function emit(event: GenerationEvent): void {
  events.push(event);
}

function flush(): void {
  if (events.length === 0) return;
  send({ type: 'events', events });
  events = [];
}

function handle(command: ToWorker): FromChild | undefined {
  switch (command.type) {
    case 'describe':
      return { type: 'facts', facts: describeRuntime(library()) };
    case 'logits':
      return { type: 'logits', logits: evaluateLogits(library(), command, state) };
    case 'tokenize':
      return { type: 'tokens', tokens: tokenizeTexts(library(), command) };
    case 'load': {
      const residentBytesBefore = process.memoryUsage.rss();
      model = openModel(library(), command, state, emit, systemClock);
      const facts = describeRuntime(library());
      const { contextLength, layout } = model;
      return { type: 'ready', facts, contextLength, layout, residentBytesBefore };
    }
    case 'choose-layout':
      return { type: 'layout', choice: loaded().chooseLayout(command.keepsAttention) };
    case 'generate':
      model?.scheduler.start(command);
      return undefined;
    case 'embed':
      model?.embedder.start(command);
      return undefined;
    case 'count':
      emit({ type: 'counted', generation: command.generation, tokens: model?.count(command.prompt) ?? 0 });
      return undefined;
    case 'abort':
      model?.scheduler.abort(command.generation);
      model?.embedder.abort(command.generation);
      return undefined;
    case 'force':
      model?.scheduler.force(command.generation);
      return undefined;
  }
}

function receive(command: ToWorker): void {
  try {
    const reply = handle(command);
    if (reply !== undefined) send(reply);
  } catch (error) {
    const reason = reasonOf(error);
    if (command.type === 'generate' || command.type === 'embed' || command.type === 'count')
      emit({ type: 'fault', generation: command.generation, reason });
    else if (error instanceof UnknownRelease)
      send({ type: 'failed', reason, release: { expected: error.expected, received: error.received } });
    else send({ type: 'failed', reason });
  }
}

/** Of the time of generations, what embedding takes beside them. */
const embedding = createTimeShare(0.5);

/** Evaluates something. False where there was nothing. */
function step(): boolean {
  if (model === undefined) return false;
  const begun = systemClock.monotonic();
  const generated = model.scheduler.step();
  const ended = systemClock.monotonic();
  if (generated) embedding.earn(ended - begun);
  if (generated && !embedding.isDue()) return true;
  const embedded = model.embedder.step(generated);
  if (generated && embedded) embedding.spend(systemClock.monotonic() - ended);
  return generated || embedded;
}

const port = parentPort as NonNullable<typeof parentPort>;
const loop = createStepLoop({
  state,
  readMessages: () => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      receive(next.message as ToWorker);
  },
  step,
  flush,
});

port.on('message', (command: ToWorker) => {
  receive(command);
  loop.run();
});
