// The server of the streams bench: the gateway over one scripted engine whose tokens are numbered.
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import type { AdmittedVariant } from '../../src/catalog/index.ts';
import { createScriptedEngine } from '../../src/engine/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { createGateway, type ServedModel } from '../../src/gateway/index.ts';
import { serveBench } from './child.ts';
import { keysOf } from './keys.ts';
import { key } from './workload.ts';

const [streams, tokens] = process.argv.slice(2).map(Number) as [number, number];
const reply = ['</think>', ...Array.from({ length: tokens - 1 }, (_, index) => `${index} `)];
const engine = createScriptedEngine({
  model: 'numbers',
  reply: () => reply,
  slots: streams,
  contextLength: tokens + 4096,
  tokensPerSecond: 20,
});
const model: ServedModel = {
  // The bench has no model to be admitted, so it claims that there is one.
  admitted: {
    admissionKey: '0'.repeat(64),
    record: { expires: '2999-01-01T00:00:00.000Z' },
    serving: {
      sampling: { temperature: 0.6, topP: 0.95, maxTokens: tokens },
      ...{ thinkingBudget: null, systemPrompt: null, filters: [] },
    },
  } as unknown as AdmittedVariant,
  engine,
  places: [],
  template: tiegelTemplate,
  created: 0,
};
const gateway = createGateway({
  models: { list: () => [], resolve: () => model },
  keys: await keysOf(key),
  clock: systemClock,
  entropy: systemEntropy,
  logger: { info: () => {}, error: () => {} },
});
const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
serveBench(Number(new URL(url).port));
