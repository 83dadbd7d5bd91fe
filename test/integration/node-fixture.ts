// A server in a process of its own over a store, put together as the host does it, with a scripted engine that is one's own or somebody
// else's. It prints its address, and a line for each request that has reached the engine, and runs until it is killed. Used by tests only.
import { systemClock as clock, type EnginePlace, systemEntropy as entropy } from '../../src/base/index.ts';
import { servedBy, startGateway } from '../../src/gateway/testing.ts';
import { startMetering } from '../../src/host/metering/start-metering.ts';
import { createServerLogger } from '../../src/host/server-logger.ts';
import { testPepper } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/index.ts';

const [location = '', whose = 'own', tokens = '3', tokensPerSecond = '1000', ...leases] =
  process.argv.slice(2);
const [leaseMs, longestRequestMs] = leases.map(Number);
const place: EnginePlace = {
  ...{ region: null, ownHardware: whose === 'own', host: whose === 'own' ? null : 'far.example' },
  operator: null,
};

const store = await openStore(location, { clock, entropy });
const keys = await store.openKeys(testPepper);
const authenticator = await keys.authenticator();
const logger = createServerLogger({
  ...{ level: 'error', onExit: () => {} },
  write: (block) => void process.stderr.write(block),
});
const metering = await startMetering({
  ...{ store, clock, logger, writer: `node_${process.pid}` },
  ...(leaseMs !== undefined && longestRequestMs !== undefined && { terms: { leaseMs, longestRequestMs } }),
});
const { url } = await startGateway(
  {
    slots: 8,
    tokensPerSecond: Number(tokensPerSecond),
    reply: () => {
      process.stdout.write('dispatched\n');
      return ['</think>', ...Array<string>(Number(tokens)).fill('ok ')];
    },
    served: (engine) => ({ ...servedBy(engine), places: [place] }),
  },
  {
    keys: { givenByOperator: true, ...authenticator },
    ...{ clock, logger, entropy, checks: [metering.check], settle: metering.settle },
  },
);
process.stdout.write(`${url}\n`);
