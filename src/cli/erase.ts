// `tiegel erase`: what an erasure would take, and with --confirm the erasure and its receipt.
import { oneLine } from '../base/index.ts';
import { type ErasureReceipt, erasePrincipal, previewErasure } from '../governance/index.ts';
import { openContent } from '../host/index.ts';
import { parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import type { Terminal } from './terminal.ts';
import { type StoreFlags, withStore } from './with-store.ts';

export async function runErase(
  context: CommandContext,
  named: string,
  { confirm = false, ...flags }: StoreFlags & { readonly confirm?: boolean },
): Promise<ExitCode> {
  const principal = parseIdentifier('principal', named);
  return withStore(context, flags, async ({ store, organisation, author }) => {
    using content = openContent(context);
    const places = { store, content };
    const receipt = confirm
      ? await erasePrincipal(places, organisation, principal, author)
      : await previewErasure(places, organisation, principal);
    printReceipt(context.terminal, receipt);
    context.terminal.result({ ...receipt, at: new Date(context.clock.now()).toISOString() });
    return 0;
  });
}

function printReceipt(terminal: Terminal, { principal, erased, gone, remains }: ErasureReceipt): void {
  terminal.print(terminal.bold(erased ? `${principal} is erased.` : `An erasure of ${principal}:`));
  terminal.print(erased ? 'Gone' : 'Would go');
  for (const { what, count } of gone) terminal.print(`  ${String(count).padStart(5)}  ${oneLine(what)}`);
  terminal.print(erased ? 'Remains' : 'Would remain');
  for (const { what, why } of remains) terminal.print(`  ${oneLine(what)}: ${oneLine(why)}`);
  if (!erased) terminal.print(`\nNothing was changed. To erase: tiegel erase ${principal} --confirm`);
}
