// Our side of the gateway bench: the gateway as it ships, key check and log included, over the scripted engine in the
// same process.
import { pino } from 'pino';
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import type { AdmittedVariant } from '../../src/catalog/index.ts';
import { createScriptedEngine } from '../../src/engine/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { createGateway, openKeyRing, type ServedModel } from '../../src/gateway/index.ts';
import { serveBench } from './child.ts';
import { type BenchModel, key, reply, tokensPerSecond } from './workload.ts';

// The bench has no model to be admitted, so it claims that there is one.
const admitted = {
  admissionKey: '0'.repeat(64),
  record: { expires: '2999-01-01T00:00:00.000Z' },
} as unknown as AdmittedVariant;

function served(model: BenchModel, speed: number): ServedModel {
  const engine = createScriptedEngine({ model, reply: () => reply, slots: 64, tokensPerSecond: speed });
  const defaults = { temperature: 0.6, topP: 0.95, maxTokens: 200, thinkingBudget: null };
  return { admitted, engine, template: tiegelTemplate, defaults, created: 0 };
}

const models: Readonly<Record<string, ServedModel>> = {
  instant: served('instant', Number.POSITIVE_INFINITY),
  paced: served('paced', tokensPerSecond),
};
const gateway = createGateway({
  models: { list: () => [], resolve: (name) => models[name] },
  keys: openKeyRing({ directory: '', entropy: systemEntropy, operatorKey: key }).ring,
  clock: systemClock,
  entropy: systemEntropy,
  logger: pino({}, pino.destination({ dest: '/dev/null', sync: false })),
});
const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
serveBench(Number(new URL(url).port));
