// Draws tokens by a key, so that whoever has it can tell later, from text alone, that they were drawn so. The token whose keyed
// number gives the largest sum of its logit and a Gumbel variable (Aaronson 2022): over keys each comes as often as the model
// would have it. A context that was there before would give the same numbers again, so that behind it tokens are drawn without.
import { createKeyedUniforms, type Random } from '../../base/index.ts';
import type { Watermark } from '../engine.ts';

/** Tokens that may be drawn, with their logits after all that sampling does to them. */
export type TokenLogits = { readonly tokens: readonly number[]; readonly logits: readonly number[] };

export type MarkedDraw = {
  /** The next token; undefined where it has to be drawn without the key. Nothing changes until it is taken. */
  readonly choose: (candidates: TokenLogits) => number | undefined;
  /** What the text goes on with, whoever chose it. */
  readonly take: (token: number) => void;
};

/**
 * @param prompt its tokens, of which the last ones are the first context.
 * @param random says which tokens are drawn without the key, where not all are drawn by it.
 */
export function createMarkedDraw(
  { key, window, share = 1 }: Watermark,
  prompt: readonly number[],
  random: Pick<Random, 'next'>,
): MarkedDraw {
  const { behind } = createKeyedUniforms(Buffer.from(key, 'hex'));
  const seen = new Set<string>();
  let context = prompt.slice(-window);
  return {
    choose: ({ tokens, logits }) => {
      if (seen.has(context.join()) || random.next() >= share) return undefined;
      const uniforms = behind(context, tokens);
      let [best, chosen] = [Number.NEGATIVE_INFINITY, undefined as number | undefined];
      for (const [index, token] of tokens.entries()) {
        const value = (logits[index] as number) - Math.log(-Math.log(uniforms[index] as number));
        if (value > best) [best, chosen] = [value, token];
      }
      return chosen;
    },
    take: (token) => {
      seen.add(context.join());
      context = [...context, token].slice(-window);
    },
  };
}
