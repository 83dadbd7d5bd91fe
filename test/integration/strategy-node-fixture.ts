// A server in a process of its own over a store, with a scripted engine of somebody else that writes down what it gives before the gateway
// gets it: a line for each batch of events, with the tag of the question. It runs until it is killed. Used by tests only.
import { writeSync } from 'node:fs';
import { systemClock as clock, type EnginePlace, systemEntropy as entropy } from '../../src/base/index.ts';
import type { Engine } from '../../src/engine/index.ts';
import type { ServedModel } from '../../src/gateway/access/served-model.ts';
import { servedBy, startGateway, testModel } from '../../src/gateway/testing.ts';
import { startMetering } from '../../src/host/metering/start-metering.ts';
import { createServerLogger } from '../../src/host/server-logger.ts';
import { testPepper } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/index.ts';

const [location = ''] = process.argv.slice(2);
const place: EnginePlace = { region: null, ownHardware: false, host: 'far.example', operator: null };

const textOf = (prompt: readonly { readonly text: string }[] = []): string =>
  prompt.map((piece) => piece.text).join('');

/** A pipe takes what is written to it before the call returns, so that nothing is given that was not written down. */
function writingDown(engine: Engine, model: string): Engine {
  return {
    ...engine,
    generate: async function* (request, signal) {
      const tag = /tag ([\d.]+)/.exec(textOf(request.prompt))?.[1] ?? 'none';
      for await (const events of engine.generate(request, signal)) {
        let [prompt, completion] = [0, 0];
        for (const event of events) {
          if (event.type === 'prompt') prompt += event.promptTokens;
          if (event.type === 'token') completion += event.tokens ?? 1;
        }
        writeSync(1, `${tag}/${model} ${prompt} ${completion}\n`);
        yield events;
      }
    },
  };
}

const store = await openStore(location, { clock, entropy });
const keys = await store.openKeys(testPepper);
const authenticator = await keys.authenticator();
const logger = createServerLogger({
  ...{ level: 'error', onExit: () => {} },
  write: (block) => void process.stderr.write(block),
});
const metering = await startMetering({ store, clock, logger, writer: `node_${process.pid}` });
const models = new Map<string, ServedModel>();
let drawn = 0;
const { url } = await startGateway(
  {
    ...{ slots: 8, tokensPerSecond: 1_000, maxBatchEvents: 4 },
    reply: ({ prompt }) => {
      const text = textOf(prompt);
      if (text.slice(text.lastIndexOf('<think>')).includes('</think>')) return ['so ', String(drawn++ % 2)];
      return [...Array<string>(30).fill('hm '), '</think>', String(drawn++ % 3)];
    },
    served: (engine) => {
      for (const name of [testModel, 'small'])
        models.set(name, { ...servedBy(writingDown(engine, name)), places: [place] });
      return models.get(testModel);
    },
  },
  {
    models: {
      list: () => [...models.keys()].map((name) => ({ name, created: 0 })),
      resolve: (name) => models.get(name),
    },
    keys: { givenByOperator: true, ...authenticator },
    checkers: new Map([['even', () => (answer: string) => Number(answer) % 2 === 0]]),
    ...{ clock, logger, entropy, checks: [metering.check], settle: metering.settle },
  },
);
writeSync(1, `${url}\n`);
