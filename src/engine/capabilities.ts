// What engines on this machine can do, and the refusal of what an engine cannot: before it starts or before anything is
// generated, so that nothing that was asked for is dropped in silence.
import { TiegelError } from '../base/index.ts';
import type { ModelFiles } from '../catalog/index.ts';
import {
  type EngineCapabilities,
  type GenerateRequest,
  type RenderedRequest,
  samplingOptions,
} from './engine.ts';

/** Those of an engine that takes rendered prompts. */
export type TokenCapabilities = EngineCapabilities & { readonly promptForm: 'tokens' };

export type EngineSize = Pick<EngineCapabilities, 'slots' | 'contextLength'>;

/** What engines that run llama.cpp on this machine have in common, in whatever process it runs. */
export function llamaCppCapabilities(size: EngineSize): Omit<TokenCapabilities, 'tokenIds' | 'embeddings'> {
  return {
    ...size,
    promptForm: 'tokens',
    seed: true,
    thinkingStop: 'engine',
    logProbabilities: 'raw',
    constraints: ['json-schema', 'grammar'],
    prefixReuse: true,
    stopStrings: false,
    tokenCounts: true,
    adapters: true,
    samplingOptions: ['topK', 'minP', 'repetitionPenalty', 'logitBias'],
  };
}

/**
 * Called before an engine is started.
 *
 * @throws TGL_CAPABILITY_MISSING
 */
export function requireLoadable(
  model: string,
  { adapters, draftModels }: EngineCapabilities,
  { adapterPaths, draftPath }: Pick<ModelFiles, 'adapterPaths' | 'draftPath'>,
): void {
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  if (adapterPaths.length > 0 && adapters !== true) throw missing('adapters');
  if (draftPath !== null && draftModels !== true) throw missing('a draft model');
}

/**
 * Called by every engine with each request. `cacheScope` and `stop` are permissions and pass everywhere.
 *
 * @throws TGL_CAPABILITY_MISSING naming the first thing that is missing.
 */
export function requireCapabilities(
  model: string,
  capabilities: TokenCapabilities,
  request: GenerateRequest,
): asserts request is RenderedRequest;
export function requireCapabilities(
  model: string,
  capabilities: EngineCapabilities,
  request: GenerateRequest,
): void;
export function requireCapabilities(
  model: string,
  capabilities: EngineCapabilities,
  { turn, forced, constraint, logProbabilities, sampling, watermark }: GenerateRequest,
): void {
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  if (capabilities.promptForm === 'tokens' && turn !== undefined)
    throw missing('a turn that is not rendered yet');
  if (capabilities.promptForm === 'messages' && turn === undefined)
    throw missing('a prompt that is rendered already');
  if (forced !== undefined && capabilities.thinkingStop !== 'engine') throw missing('forced text');
  if (constraint !== undefined && !capabilities.constraints.includes(constraint.type))
    throw missing(`${constraint.type} constraints`);
  if (logProbabilities !== undefined && capabilities.logProbabilities === 'none')
    throw missing('log-probabilities');
  if (watermark !== undefined && capabilities.watermark === undefined) throw missing('a watermark');
  const unheeded = samplingOptions.find(
    (option) => sampling[option] !== undefined && !capabilities.samplingOptions?.includes(option),
  );
  if (unheeded !== undefined) throw missing(`the sampling option ${unheeded}`);
}
