// A process that observes requests of an account of its own and of one that others observe too, and writes cases of groups, without end, and
// prints how many requests and groups the store has acknowledged, until it is killed. Started by tests only.
import { systemClock, systemEntropy } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { openClusterCases } from '../../src/host/guard/linkage/link-accounts.ts';
import { startGuard } from '../../src/host/guard/start-guard.ts';
import { openPepper, openStore } from '../../src/store/index.ts';
import { askOnce } from './guard-request.ts';

const [location, home, trial, organisation, account, shared, otherOrganisation, otherAccount] =
  process.argv.slice(2) as [string, string, string, string, string, string, string, string];
const store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
const guard = await startGuard({
  ...{ store, clock: systemClock, node: `node_${process.pid}`, setting: 'ask' },
  pepper: openPepper({ directory: home, entropy: systemEntropy, given: 'ab'.repeat(32) }),
  attestations: openCatalog({ home, clock: systemClock }).attestations,
  logger: { info: () => {}, warn: () => {}, error: () => {} },
});
for (let asked = 0; ; ) {
  for (let count = 0; count < 7; count++, asked++)
    for (const one of [account, shared])
      askOnce(guard, { organisation, account: one }, `Compute ${asked}^7 mod 31 and explain step by step.`);
  await guard.flush();
  const members = [
    { organisation, account, requests: asked, traceTokens: 1, measured: true },
    {
      organisation: otherOrganisation,
      account: otherAccount,
      requests: asked,
      traceTokens: 1,
      measured: true,
    },
  ];
  // A week that is no other process's, so that each is a group of its own.
  await openClusterCases(store, 1000 * (1 + Number(trial)) + asked / 7, {
    ...{ useClass: 'rag', level: 'ask', eValue: 50 },
    evidence: { cluster: { members } } as never,
  });
  process.stdout.write(`${asked}\n`);
}
