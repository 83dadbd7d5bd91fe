// A process that prunes a store at a path, the ledger of an organisation without accounts and its audit log, and prints a line once
// nothing is left. Started by a test only, which kills it.
import { systemClock, systemEntropy } from '../base/index.ts';
import { signerOf } from './audit/signer-fixture.ts';
import { pruneLedger } from './ledger/prune-ledger.ts';
import { openStore } from './open-store.ts';
import { parseIdentifier } from './terms/identifiers.ts';

const [location = '', named = '', account = '', before = '', privateKey = ''] = process.argv.slice(2);
const store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
const author = { actor: { type: 'server' }, request: null, reason: null } as const;
const organisation = parseIdentifier('organisation', named);
const { signer } = signerOf(privateKey);
process.stdout.write('begun\n');
await pruneLedger(store.context, signer, author, { organisation, account, before: Number(before) });
await store.audit.prune({ chain: organisation, before: Number(before) }, signer, author);
process.stdout.write('done\n');
await store[Symbol.asyncDispose]();
