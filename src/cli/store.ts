// `tiegel store`: the store as a file.
import { systemEntropy, TiegelError } from '../base/index.ts';
import { repeatErasures } from '../governance/index.ts';
import { openContent, requireReachable, runningServers } from '../host/index.ts';
import { openStoreOfHost } from '../host/quick.ts';
import { type Author, backUpStore, checkStore, moveStore, openStore, restoreStore } from '../store/index.ts';
import { trustedSignatures } from './audit-signature.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { withStore } from './with-store.ts';

type TrustFlags = { readonly publicKey?: readonly string[] };

export async function runStoreCheck(context: CommandContext, { publicKey }: TrustFlags): Promise<ExitCode> {
  return withStore(context, {}, async ({ store }) => {
    const check = await checkStore(store, trustedSignatures(context, publicKey));
    const { terminal } = context;
    for (const problem of check.problems) terminal.print(`${terminal.bad('Problem')}: ${problem}`);
    if (check.problems.length === 0)
      terminal.print(
        `The store is sound; its audit log of ${check.auditRows} rows and its ledger of ${check.ledgerRows} rows are whole.`,
      );
    terminal.result(check);
    return check.problems.length === 0 ? 0 : 1;
  });
}

export async function runStoreBackup(context: CommandContext, file: string): Promise<ExitCode> {
  return withStore(context, {}, async ({ store }) => {
    await backUpStore(store, file);
    context.terminal.print(`Wrote ${file}. Keep ${context.environment.home}/keys/pepper apart from it.`);
    context.terminal.result({ file });
    return 0;
  });
}

export async function runStoreRestore(
  context: CommandContext,
  file: string,
  { reason, publicKey }: TrustFlags & { readonly reason?: string },
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  requireNoServer(environment.home);
  const author: Author = { actor: { type: 'command-line' }, request: null, reason: reason ?? null };
  const { before, erased } = await restoreStore(environment.database, file, {
    ...{ clock, entropy: systemEntropy, verify: trustedSignatures(context, publicKey), author },
  });
  terminal.print(before === null ? 'Restored.' : `Restored. What was there before is ${before}.`);
  // Whom the store before did not know as erased, the marks beside the content do.
  const all = [...new Set([...erased, ...(await eraseMarked(context, author))])];
  if (all.length > 0) terminal.print(`Erased again: ${all.join(', ')}.`);
  terminal.print('Whoever was signed in has to sign in again.');
  terminal.result({ restored: file, before, erased: all });
  return 0;
}

async function eraseMarked(context: CommandContext, author: Author): Promise<readonly string[]> {
  await using opened = await openStoreOfHost(context);
  using content = openContent(context);
  return repeatErasures({ store: opened.store, content }, author);
}

export async function runStoreMove(
  context: CommandContext,
  { to, publicKey, ...flags }: TrustFlags & { readonly to: string; readonly reason?: string },
): Promise<ExitCode> {
  const { environment, terminal, clock } = context;
  requireNoServer(environment.home);
  requireReachable(environment, to);
  return withStore(context, flags, async ({ store, author }) => {
    await using target = await openStore(to, { clock, entropy: systemEntropy });
    const rows = await moveStore(store, target, trustedSignatures(context, publicKey));
    const moved = { action: 'store.moved', target: { type: 'store', id: 'store' }, refused: null } as const;
    await target.audit.record('system', author, moved);
    terminal.print(`Copied ${Object.values(rows).reduce((sum, count) => sum + count, 0)} rows.`);
    terminal.print('From now on start with TIEGEL_DATABASE set to that address. The file stays as it is.');
    terminal.result({ rows });
    return 0;
  });
}

/** @throws TGL_STORE_IN_USE */
function requireNoServer(home: string): void {
  const servers = runningServers(home).map(({ url }) => url);
  if (servers.length > 0) throw new TiegelError('TGL_STORE_IN_USE', { servers });
}
