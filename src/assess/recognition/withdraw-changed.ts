// What happens once a model on a server is no longer the one that was admitted: it is withdrawn in the log of decisions, wherever it is
// served, and what was known of it is forgotten, so that it has to be assessed again as a model that nobody knows.
import type { Catalog, RemoteModel, Subject } from '../../catalog/index.ts';
import { removeKnownAnswers } from './known-answers-file.ts';

/** @throws TGL_DISK_FULL */
export function withdrawChanged(
  { admissions, remotes, home }: Pick<Catalog, 'admissions' | 'remotes' | 'home'>,
  remote: RemoteModel,
  subject: Subject,
  reason: string,
): void {
  // First what ends running requests; a crash behind it leaves nothing that is served.
  admissions.revoke(remote.name, subject, true, reason);
  removeKnownAnswers(home, remote.name);
  const known = remotes.find(remote.name);
  if (known !== undefined) remotes.forgetFingerprint(known);
}
