// The prompt of a turn by itself: to be read or counted without the turn being run.
import { TiegelError } from '../base/index.ts';
import type { Engine, GenerateInput } from '../engine/index.ts';
import type { ConverseRequest } from './parts.ts';
import { planTurn } from './plan.ts';

/** @throws what planning the turn throws: TGL_CAPABILITY_MISSING, TGL_TEMPLATE_FAILED */
export async function promptOfTurn(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  request: ConverseRequest,
): Promise<GenerateInput> {
  const { prompt, turn } = (await planTurn(engine, request)).request;
  return turn === undefined ? { prompt } : { turn };
}

/**
 * What `usage.promptTokens` of the turn will be. Only the engine knows its tokens; of one that does not count them, a
 * generation is begun and ended as soon as it has said them, which takes one of its slots.
 *
 * @throws TGL_CAPABILITY_MISSING where the engine's server renders prompts, and what `Engine.generate` throws
 */
export async function countPromptTokens(
  engine: Engine,
  request: ConverseRequest,
  signal?: AbortSignal,
): Promise<number> {
  const { sampling, cacheScope } = request;
  if (engine.capabilities.promptForm === 'tokens') {
    const input = await promptOfTurn(engine, request);
    if (engine.countTokens !== undefined && input.prompt !== undefined)
      return await engine.countTokens(input.prompt, signal);
    const counted = { ...input, maxTokens: 1, sampling, ...(cacheScope !== undefined && { cacheScope }) };
    for await (const events of engine.generate(counted, signal)) {
      const told = events.find(({ type }) => type === 'prompt');
      if (told?.type === 'prompt') return told.promptTokens;
    }
  }
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'counting tokens' });
}
