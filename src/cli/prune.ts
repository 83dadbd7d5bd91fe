// `tiegel policy prune`: what of the ledger and the audit log is older than data policies keep it, and with --confirm its removal.
import { openCatalog } from '../catalog/index.ts';
import { type PrunedPart, previewPruning, pruneStore } from '../governance/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type StoreFlags, withStore } from './with-store.ts';

export async function runPolicyPrune(
  context: CommandContext,
  { confirm = false, ...flags }: StoreFlags & { readonly confirm?: boolean },
): Promise<ExitCode> {
  const { environment, clock, terminal, signal } = context;
  return withStore(context, flags, async ({ store, author }) => {
    const parts = confirm
      ? await pruneStore(store, openCatalog({ home: environment.home, clock }).signingKey, author, signal)
      : await previewPruning(store);
    for (const part of parts) terminal.print(lineOf(part));
    if (parts.length === 0) terminal.print('Nothing is older than it is kept.');
    else if (!confirm) terminal.print('\nNothing was changed. To remove them: tiegel policy prune --confirm');
    terminal.result({ pruned: confirm, parts });
    return 0;
  });
}

function lineOf({ what, organisation, account, before, rows }: PrunedPart): string {
  const day = new Date(before).toISOString().slice(0, 10);
  return `${String(rows).padStart(8)} rows of the ${what} from before ${day}  ${account ?? organisation}`;
}
