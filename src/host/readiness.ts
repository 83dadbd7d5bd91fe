// The way to an admission, for models here and on servers: what has a valid record is ready, the rest is assessed first.
import type { Assessment, AssessProgress } from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import { type Catalog, type NotAdmitted, policyDue, revokedError } from '../catalog/index.ts';
import type { HostContext } from './context.ts';

export type Readiness<Admitted> =
  | { readonly ready: true; readonly admitted: Admitted }
  | { readonly ready: false; readonly assessment: Assessment };

type Steps<Admission> = {
  readonly officer: Catalog['officer'];
  readonly admit: () => Promise<Admission | NotAdmitted>;
  readonly assess: () => Promise<Assessment>;
};

/** @throws TGL_MODEL_REVOKED, TGL_MODEL_REJECTED, TGL_ASSESSMENT_DUE where only a policy may admit it (again), TGL_NO_POLICY_ACCEPTED */
export async function assessWhereDue<Admission extends { readonly admitted: true }>(
  { onNote, clock }: Pick<HostContext, 'onNote' | 'clock'>,
  model: string,
  { officer, admit, assess }: Steps<Admission>,
): Promise<Readiness<Admission>> {
  const known = await admit();
  if (known.admitted) return { ready: true, admitted: known };
  if (known.revocation !== undefined) throw revokedError(model, known.revocation);
  const { reason } = known;
  const policy = policyDue(officer.read(), known.admittedBy, clock.now());
  if (policy === null) throw new TiegelError('TGL_NO_POLICY_ACCEPTED', { model, reason });
  if (policy !== undefined) throw new TiegelError('TGL_ASSESSMENT_DUE', { model, policy, reason });
  onNote(`${model} is not admitted yet: ${reason}. Assessing it now.`);
  const assessment = await assess();
  if (assessment.verdict !== 'pass') return { ready: false, assessment };
  const admission = await admit();
  if (!admission.admitted) throw new Error(`a model that just passed was not admitted: ${admission.reason}`);
  return { ready: true, admitted: admission };
}

/** Tells of the trials of an assessment as they are made. */
export function showTrials({
  onProgress,
}: Pick<HostContext, 'onProgress'>): (progress: AssessProgress) => void {
  return ({ probe, done, total, standings }) =>
    onProgress({
      ...{ doing: `Assessing: ${probe}`, count: { done, total, unit: 'trials' } },
      ...(standings !== undefined && { standings }),
    });
}
