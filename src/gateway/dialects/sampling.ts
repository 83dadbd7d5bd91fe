// How tokens are drawn, alike for all dialects: fields become sampling, and what would change nothing counts as not said, so
// that the defaults of clients work with every engine.
import type { Sampling } from '../../engine/index.ts';
import type { Maybe, SamplingFields } from '../../wire/index.ts';
import type { TurnRequest } from '../turn/turn-request.ts';

export function samplingOf(fields: SamplingFields): Pick<TurnRequest, 'sampling' | 'samplingFields'> {
  const { temperature, top_p, seed, top_k, min_p, logit_bias } = fields;
  const repetition = fields.repetition_penalty ?? fields.repeat_penalty;
  const aliased = typeof fields.repetition_penalty !== 'number' && said(repetition, 1);
  const bias = Object.entries(logit_bias ?? {}).filter(([, added]) => added !== 0);
  return {
    sampling: {
      ...(said(temperature) && { temperature }),
      ...(said(top_p) && { topP: top_p }),
      ...(said(seed, -1) && { seed }),
      ...(said(top_k, 0, -1) && { topK: top_k }),
      ...(said(min_p, 0) && { minP: min_p }),
      ...(said(repetition, 1) && { repetitionPenalty: repetition }),
      ...(said(fields.presence_penalty, 0) && { presencePenalty: fields.presence_penalty }),
      ...(said(fields.frequency_penalty, 0) && { frequencyPenalty: fields.frequency_penalty }),
      ...(bias.length > 0 && { logitBias: bias.map(([token, added]) => [Number(token), added] as const) }),
    },
    ...(aliased && { samplingFields: { repetitionPenalty: 'repeat_penalty' } }),
  };
}

/** The usual names, for refusals. */
export const usualFields: Readonly<Record<keyof Sampling, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  seed: 'seed',
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
};

function said(value: Maybe<number>, ...neutral: readonly number[]): value is number {
  return typeof value === 'number' && !neutral.includes(value);
}
