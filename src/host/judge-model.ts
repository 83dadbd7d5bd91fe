// The larger model that rules on replies in an assessment.
import type { JudgeModel } from '../assess/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { openAuxiliaryModel } from './auxiliary-model.ts';
import type { HostContext } from './context.ts';
import { findRemote } from './remote-models.ts';

/**
 * Disposing it closes the connections.
 *
 * @param flag that names it
 * @param teachers models that taught the one under test, which may not judge it
 * @throws TGL_USAGE, TGL_ENVIRONMENT_INVALID
 */
export function openJudgeModel(
  context: HostContext,
  catalog: Catalog,
  {
    flag,
    name,
    teachers,
  }: { readonly flag: string; readonly name: string; readonly teachers: readonly string[] },
): JudgeModel & AsyncDisposable {
  const other = openAuxiliaryModel(context, catalog, { flag, name });
  const model = findRemote(catalog, name)?.manifest.model ?? name;
  return { ...other, model, teachers };
}
