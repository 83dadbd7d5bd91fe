// Whether text leans towards a key: the test for a model that learned from marked text (radioactivity, Sander et al. 2024, over the
// keyed Gumbel draw of Aaronson 2022). Whoever wrote without any trace of the key chose pairs of context and token whose
// numbers are independent and uniform, whatever they are, so that the probability is exact and assumes nothing of the writer.
import { createKeyedUniforms, keyedBlocks } from '../../base/index.ts';
import { logGammaTail } from '../../stats/index.ts';

export type TokenText = {
  /** Token ids of what was asked: a pair that stands in it was given, not chosen. */
  readonly prompt: readonly number[];
  readonly reply: readonly number[];
};

/** Pairs of context and token, each once, in the form that keys are tried on. */
export type ScoredPairs = { readonly count: number; readonly blocks: Uint8Array };

/**
 * Each pair of `window` tokens and the one behind them that the replies have and no prompt has. A pair that comes again is left
 * out: its number is the same, and counting it twice would make chance look like a trace.
 */
export function pairsOf(texts: readonly TokenText[], window: number): ScoredPairs {
  const given = new Set(texts.flatMap(({ prompt }) => [...tuplesOf(prompt, window)].map(([name]) => name)));
  const seen = new Set<string>();
  const blocks: Uint8Array[] = [];
  for (const { reply } of texts) {
    for (const [name, context, token] of tuplesOf(reply, window)) {
      if (given.has(name) || seen.has(name)) continue;
      seen.add(name);
      blocks.push(keyedBlocks(context, [token]));
    }
  }
  return { count: seen.size, blocks: Buffer.concat(blocks) };
}

type Tuple = readonly [name: string, context: readonly number[], token: number];

function* tuplesOf(tokens: readonly number[], window: number): Generator<Tuple> {
  for (let place = window; place < tokens.length; place++) {
    const context = tokens.slice(place - window, place);
    const token = tokens[place] as number;
    yield [`${context.join()} ${token}`, context, token];
  }
}

export type MarkScore = {
  /** Pairs that were scored. */
  readonly pairs: number;
  /** What they have on average: 1 without the key, more where they lean towards it. */
  readonly mean: number;
  /** ln of the probability that text without a trace of the key has as much. */
  readonly logP: number;
};

/** @param key 32 bytes */
export function scoreUnder(key: Uint8Array, { count, blocks }: ScoredPairs): MarkScore {
  if (count === 0) return { pairs: 0, mean: 1, logP: 0 };
  let sum = 0;
  for (const uniform of createKeyedUniforms(key).of(blocks)) sum -= Math.log1p(-uniform);
  return { pairs: count, mean: sum / count, logP: logGammaTail(count, sum) };
}
