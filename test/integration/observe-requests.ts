// A process that observes requests of one account without end and prints how many the store has acknowledged, until it is killed.
// Started by tests only, with the location of a store, a data directory, an organisation and an account.
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { startGuard } from '../../src/host/guard/start-guard.ts';
import { openPepper, openStore } from '../../src/store/index.ts';
import { askOnce } from './guard-request.ts';

const [location, home, organisation, account] = process.argv.slice(2) as [string, string, string, string];
const store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
const guard = await startGuard({
  ...{ store, clock: systemClock, node: `node_${process.pid}`, setting: 'ask' },
  pepper: openPepper({ directory: home, entropy: systemEntropy, given: 'ab'.repeat(32) }),
  attestations: openCatalog({ home, clock: systemClock }).attestations,
  logger: { info: () => {}, warn: () => {}, error: () => {} },
});
for (let asked = 0; ; ) {
  for (let count = 0; count < 7; count++)
    askOnce(guard, { organisation, account }, `Compute ${asked++}^7 mod 31 and explain step by step.`);
  await guard.flush();
  process.stdout.write(`${asked}\n`);
}
