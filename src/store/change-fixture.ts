// A process that makes accounts in a store without end and prints the identifier of each once it was acknowledged, until it is
// killed. Started by tests only, with the location and an organisation.
import { systemClock, systemEntropy } from '../base/index.ts';
import { openStore } from './open-store.ts';
import { parseIdentifier } from './terms/identifiers.ts';

const [location, organisation] = process.argv.slice(2) as [string, string];
const store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
const author = { actor: { type: 'server' }, request: null, reason: null } as const;
for (let number = 0; ; number++) {
  const owner = parseIdentifier('organisation', organisation);
  const { id } = await store.accounts.create(owner, author, { name: `account ${number}` });
  process.stdout.write(`${id}\n`);
}
