// Our side of the gateway bench: the gateway as it ships, with key check, limits and a line in the log for every request,
// over the scripted engine in the same process and over the remote engine, whose server is the raw side's upstream. With
// `metered` as its second argument it has limits, prices and the ledger as well.
import { appendFileSync } from 'node:fs';
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import type { AdmittedVariant } from '../../src/catalog/index.ts';
import { createRemoteEngine, createScriptedEngine, type Engine } from '../../src/engine/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { createGateway, type ServedModel } from '../../src/gateway/index.ts';
import { createServerLogger } from '../../src/host/index.ts';
import { createOutbound } from '../../src/outbound/index.ts';
import { serveBench } from './child.ts';
import { keysOf } from './keys.ts';
import { meteringOf } from './metering.ts';
import { type BenchModel, key, reply, tokensPerSecond } from './workload.ts';

// The bench has no model to be admitted, so it claims that there is one.
const admitted = {
  admissionKey: '0'.repeat(64),
  record: { expires: '2999-01-01T00:00:00.000Z' },
  serving: {
    sampling: { temperature: 0.6, topP: 0.95, maxTokens: 200 },
    ...{ thinkingBudget: null, systemPrompt: null, filters: [] },
  },
} as unknown as AdmittedVariant;

const upstream = `http://127.0.0.1:${process.argv[2]}/v1`;
const outbound = createOutbound({ offline: false, allowedOrigins: [upstream] });

function served(engine: Engine): ServedModel {
  return { admitted, engine, places: [], template: tiegelTemplate, created: 0 };
}

const scripted = (model: string, speed: number): ServedModel =>
  served(createScriptedEngine({ model, reply: () => reply, slots: 64, tokensPerSecond: speed }));

/** The upstream's model of that name, over HTTP. */
const remote = (remoteModel: string): ServedModel =>
  served(
    createRemoteEngine({
      ...{ model: `remote-${remoteModel}`, remoteModel, endpoints: [upstream], server: 'vllm' },
      ...{ contextLength: 4096, slotsPerReplica: 64, outbound, clock: systemClock },
    }),
  );

const models: Readonly<Record<BenchModel, ServedModel>> = {
  instant: scripted('instant', Number.POSITIVE_INFINITY),
  paced: scripted('paced', tokensPerSecond),
  'remote-instant': remote('instant'),
  'remote-paced': remote('paced'),
};
const metered = process.argv[3] === 'metered' ? await meteringOf(key, 'instant') : undefined;
const gateway = createGateway({
  models: { list: () => [], resolve: (name) => models[name as BenchModel] },
  keys: metered?.keys ?? (await keysOf(key)),
  ...(metered !== undefined && { checks: [metered.metering.check], settle: metered.metering.settle }),
  clock: systemClock,
  entropy: systemEntropy,
  logger: createServerLogger({ level: 'info', write: (block) => appendFileSync('/dev/null', block) }),
});
const url = await gateway.listen({ host: '127.0.0.1', port: 0 });
serveBench(Number(new URL(url).port));
