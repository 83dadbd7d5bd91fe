// `tiegel officer trust`: whose signatures are believed here beside this installation's, as the signed log of decisions has it.
import { oneLine, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type KeyFlag, ownWord, text } from './officer.ts';
import { publicKeyFrom } from './trusted-keys.ts';

type TrustFlags = KeyFlag & { readonly name?: string; readonly remove?: boolean };

export async function runOfficerTrust(
  { environment, terminal, clock }: CommandContext,
  given: string | undefined,
  { name, remove = false, ...flags }: TrustFlags,
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const before = catalog.decisions.read();
  if (!before.sound) throw new TiegelError('TGL_DECISIONS_DAMAGED', { problem: before.problem });
  if (given !== undefined) {
    const key = publicKeyFrom(given);
    const known = before.trusted.find((one) => one.key === key);
    if (remove && known === undefined)
      throw new TiegelError('TGL_USAGE', { problem: `The key ${key} is not trusted here.` });
    if (!remove && name === undefined)
      throw new TiegelError('TGL_USAGE', { problem: '--name is missing: say whose key it is.' });
    // Where somebody answers for what is served, nobody else says whose word counts.
    if (catalog.officer.read().state !== 'none') ownWord(catalog, flags);
    const whose = remove ? (known?.name ?? '') : oneLine(text('--name', name ?? ''));
    catalog.decisions.trust({ key, name: whose }, !remove);
  }
  const now = catalog.decisions.read();
  const trusted = now.sound ? now.trusted : [];
  terminal.print(`This installation: ${catalog.attestations.publicKey}`);
  for (const one of trusted) terminal.print(`${terminal.bold(one.name)}: ${one.key}`);
  if (trusted.length === 0) terminal.print("Nobody else's signatures are believed.");
  terminal.result({ own: catalog.attestations.publicKey, trusted });
  return 0;
}
