// `tiegel revoke`: signs that a model is not to be served any more, in whatever configuration. Running servers over the
// same data directory obey within a second; `--lift` takes it back, for servers that start afterwards.

import { oneLine, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { subjectNamed } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

const longestReason = 500;

export async function runRevoke(
  { environment, terminal, clock }: CommandContext,
  model: string,
  { reason, lift = false }: { readonly reason: string; readonly lift?: boolean },
): Promise<ExitCode> {
  if (reason.trim() === '' || reason.length > longestReason) {
    const problem = `--reason has ${reason.length} characters; expected 1 to ${longestReason}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  const catalog = openCatalog({ home: environment.home, clock });
  const { name, subject } = await subjectNamed(environment, catalog, model);
  const revocation = catalog.admissions.revoke(name, subject, !lift, oneLine(reason));
  terminal.result(revocation);
  terminal.print(
    lift
      ? `${name} is no longer revoked. Servers that start from now on serve it if a valid record admits it.`
      : `${name} is revoked: ${revocation.reason}. Running servers stop serving it within a second.`,
  );
  return 0;
}
