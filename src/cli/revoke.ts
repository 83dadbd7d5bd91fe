// `tiegel revoke`: signs that a model is not to be served any more, in whatever configuration. Running servers over the
// same data directory obey within a second; `--lift` takes it back, for servers that start afterwards.

import { oneLine, TiegelError } from '../base/index.ts';
import { openCatalog, type Subject } from '../catalog/index.ts';
import { findModel, findRemote, remoteServing, servingConfiguration } from '../host/index.ts';
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
  const remote = findRemote(catalog, model);
  let name: string;
  let subject: Subject;
  if (remote === undefined) {
    const variant = await findModel(catalog, model);
    name = variant.name;
    subject = await catalog.admissions.subjectOf(variant, await servingConfiguration(environment, variant));
  } else {
    name = remote.name;
    subject = catalog.remotes.subjectOf(remote, remoteServing(remote), remote.manifest.fingerprint);
  }
  const revocation = catalog.admissions.revoke(name, subject, !lift, oneLine(reason));
  terminal.result(revocation);
  terminal.print(
    lift
      ? `${name} is no longer revoked. Servers that start from now on serve it if a valid record admits it.`
      : `${name} is revoked: ${revocation.reason}. Running servers stop serving it within a second.`,
  );
  return 0;
}
