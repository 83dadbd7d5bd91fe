// From the name in a request to a model that may be served at this moment.
import { TiegelError } from '../../base/index.ts';
import type { Principal } from '../../traffic/index.ts';
import type { GatewayContext } from '../context.ts';
import { mayAsk } from './access.ts';
import type { ServedModel } from './served-model.ts';

/**
 * @throws TGL_MODEL_UNKNOWN, which lists what the principal may ask; TGL_MODEL_NOT_ADMITTED, also when the admission expired while the server ran; the reason
 * for which the model was withdrawn.
 */
export async function resolveModel(
  { models, clock }: Pick<GatewayContext, 'models' | 'clock'>,
  name: string,
  principal: Principal | null,
): Promise<ServedModel> {
  const found = (await models.resolve(name)) ?? (await models.resolve(withoutLatest(name)));
  if (found === undefined) {
    const known = models
      .list()
      .map((model) => model.name)
      .filter((one) => mayAsk(principal, one));
    throw new TiegelError('TGL_MODEL_UNKNOWN', { received: JSON.stringify(name), known, field: 'model' });
  }
  if ('notAdmitted' in found) {
    const { notAdmitted: reason } = found;
    throw new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: name, reason, field: 'model' });
  }
  const { admitted, filters = [] } = found;
  const chain = filters.map(({ digest }) => digest).join();
  if (chain !== admitted.serving.filters.join()) {
    const reason = 'it was admitted with other content filters than it is served with';
    throw new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: name, reason, field: 'model' });
  }
  found.withdrawn?.throwIfAborted();
  const { expires } = found.admitted.record;
  if (Date.parse(expires) <= clock.now()) {
    const reason = `its admission record expired on ${expires}`;
    throw new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: name, reason, field: 'model' });
  }
  return found;
}

/** Ollama's clients call the only version of a model that there is its latest. */
function withoutLatest(name: string): string {
  return name.endsWith(':latest') ? name.slice(0, -':latest'.length) : name;
}
