// The way to an admission, for models here and on servers: what has a valid record is ready, the rest is assessed first.
import type { Assessment } from '../assess/index.ts';
import { type NotAdmitted, revokedError } from '../catalog/index.ts';
import type { CommandContext } from './command.ts';

export type Readiness<Admitted> =
  | { readonly ready: true; readonly admitted: Admitted }
  | { readonly ready: false; readonly assessment: Assessment };

type Steps<Admission> = {
  readonly admit: () => Promise<Admission | NotAdmitted>;
  readonly assess: () => Promise<Assessment>;
};

/** @throws TGL_MODEL_REVOKED, TGL_MODEL_REJECTED */
export async function assessWhereDue<Admission extends { readonly admitted: true }>(
  { terminal }: CommandContext,
  model: string,
  { admit, assess }: Steps<Admission>,
): Promise<Readiness<Admission>> {
  const known = await admit();
  if (known.admitted) return { ready: true, admitted: known };
  if (known.revocation !== undefined) throw revokedError(model, known.revocation);
  terminal.note(`${model} is not admitted yet: ${known.reason}. Assessing it now.`);
  const assessment = await assess();
  if (assessment.verdict !== 'pass') return { ready: false, assessment };
  const admission = await admit();
  if (!admission.admitted) throw new Error(`a model that just passed was not admitted: ${admission.reason}`);
  return { ready: true, admitted: admission };
}
