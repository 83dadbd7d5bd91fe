// How a model of this machine is served where a request names nothing else.
import type { ServingConfiguration, Variant } from '../catalog/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import { servedCoins } from './exposed-engine.ts';
import { servedWatermark } from './served-watermark.ts';

/** Taught models reason by calculating, so greedily; a reasoner that says nothing else is prone to loops then. */
const greedy = { temperature: 0, topP: 1 };
const usual = { temperature: 0.6, topP: 0.95 };

/**
 * Tokens of a reply that sets no limit: few for the taught models, whose context is 512. The shipped one's longest reply to
 * 600 held-out problems has 272.
 */
const longestTaught = 384;
const longestUsual = 4096;

/** What runs models on this machine, and where the machine is. */
export type LocalPlace = {
  readonly runtimeBuild: string;
  readonly region: string | undefined;
  /** Whether replies are drawn by a key. */
  readonly watermark: boolean;
  /** Whether coins are in them. */
  readonly coins: boolean;
  /** Where it is not what is usual for the model. */
  readonly attention?: ServingConfiguration['attention'];
};

/** What the publisher recommends, else what suits the kind of model. */
export function servingOn(
  { runtimeBuild, region, watermark, coins, attention }: LocalPlace,
  { manifest: { sampling, chatTemplate } }: Variant,
  filters: readonly ContentFilter[] = [],
): ServingConfiguration {
  const taught = chatTemplate.family === tiegelTemplate.name;
  const maxTokens = taught ? longestTaught : longestUsual;
  return {
    runtimeBuild,
    sampling: { ...(sampling ?? (taught ? greedy : usual)), maxTokens },
    thinkingBudget: null,
    systemPrompt: null,
    filters: filters.map(({ digest }) => digest),
    ...(region !== undefined && { place: { region } }),
    ...(watermark && { watermark: servedWatermark }),
    ...(coins && { coins: servedCoins }),
    ...(attention !== undefined && { attention }),
  };
}
