// `tiegel store`: the store as a file.
import { systemEntropy, TiegelError } from '../base/index.ts';
import { runningServers } from '../host/index.ts';
import { backUpStore, checkStore, restoreStore } from '../store/index.ts';
import { verifiesSignature } from './audit-signature.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { withStore } from './with-store.ts';

export async function runStoreCheck(context: CommandContext): Promise<ExitCode> {
  return withStore(context, {}, async ({ store }) => {
    const check = await checkStore(store, verifiesSignature);
    const { terminal } = context;
    for (const problem of check.problems) terminal.print(`${terminal.bad('Problem')}: ${problem}`);
    if (check.problems.length === 0)
      terminal.print(`The store is sound; its audit log of ${check.auditRows} rows is whole.`);
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
  { environment, terminal, clock }: CommandContext,
  file: string,
  { reason }: { readonly reason?: string },
): Promise<ExitCode> {
  const servers = runningServers(environment.home).map(({ url }) => url);
  if (servers.length > 0) throw new TiegelError('TGL_STORE_IN_USE', { servers });
  const before = await restoreStore(environment.database, file, {
    ...{ clock, entropy: systemEntropy, verify: verifiesSignature },
    author: { actor: { type: 'command-line' }, request: null, reason: reason ?? null },
  });
  terminal.print(before === null ? 'Restored.' : `Restored. What was there before is ${before}.`);
  terminal.result({ restored: file, before });
  return 0;
}
