// Refuses what an engine cannot do before anything is generated, so that no wish of a request is dropped in silence.
import { TiegelError } from '../base/index.ts';
import type { EngineCapabilities, GenerateRequest } from './engine.ts';

/**
 * Called by every engine with each request. `account` and `stop` are permissions and pass everywhere.
 *
 * @throws TGL_CAPABILITY_MISSING naming the first thing that is missing.
 */
export function requireCapabilities(
  model: string,
  capabilities: EngineCapabilities,
  { forced, constraint, logProbabilities }: GenerateRequest,
): void {
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  if (forced !== undefined && !capabilities.forcedText) throw missing('forced text');
  if (constraint !== undefined && !capabilities.constraints.includes(constraint.type))
    throw missing(`${constraint.type} constraints`);
  if (logProbabilities !== undefined && capabilities.logProbabilities === 'none')
    throw missing('log-probabilities');
}
