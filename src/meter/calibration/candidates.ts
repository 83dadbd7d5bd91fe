// The strategies that a calibration tries, in families whose order from safe to cheap is fixed before anything is drawn.
import type { Strategy } from '../../reasoning/index.ts';

/** Against all samples; the reply at temperature 0 is the last and cheapest candidate. */
export function sampleCandidates(samples: number, canCheck: boolean): readonly Strategy[] {
  const votes = [
    { type: 'e-value', alpha: 0.05 },
    { type: 'beta', level: 0.95 },
    { type: 'beta', level: 0.9 },
    { type: 'beta', level: 0.8 },
  ] as const;
  return [
    { type: 'vote', most: samples, rule: { type: 'exact' } },
    ...(canCheck
      ? [{ type: 'verify', most: samples } as const]
      : votes.map((rule) => ({ type: 'vote', most: samples, rule }) as const)),
    { type: 'greedy' },
  ];
}

/** How the thinking was probed. */
export type Probing = {
  /** Tokens of thinking between two probes. */
  readonly every: number;
  readonly maxProbes: number;
  /** The engine says how sure the model is of its tokens. */
  readonly knowsConfidence: boolean;
};

type Acceptor = Extract<Strategy, { readonly type: 'cascade' }>['accept'];

/** Against the reply at temperature 0: what makes its thinking shorter. */
export function thinkingCandidates(
  { every, maxProbes, knowsConfidence }: Probing,
  canCheck: boolean,
): readonly (readonly Strategy[])[] {
  const early = (rule: Extract<Strategy, { readonly type: 'early' }>['rule']): Strategy => ({
    ...{ type: 'early', every, maxProbes, rule },
  });
  const budgets = [Math.ceil(maxProbes / 4) * every, Math.ceil(maxProbes / 2) * every, null];
  const cascade = (accept: Acceptor): Strategy => ({ type: 'cascade', budgets, accept });
  const places = Array.from({ length: maxProbes }, (_, index) => (maxProbes - index) * every);
  return [
    places.map((budget) => ({ type: 'cap', budget })),
    [4, 3, 2].map((equal) => early({ type: 'agreement', equal })),
    knowsConfidence ? [0.999, 0.99, 0.95].map((level) => early({ type: 'confidence', level })) : [],
    knowsConfidence ? [0.999, 0.99, 0.95].map((level) => cascade({ type: 'confidence', level })) : [],
    canCheck ? [cascade({ type: 'check' })] : [],
  ].filter((family) => family.length > 0) as readonly (readonly Strategy[])[];
}

/** Against a vote: what spares its samples where the model says how sure it is. */
export function gatedCandidates(
  vote: Extract<Strategy, { readonly type: 'vote' }>,
): readonly (readonly Strategy[])[] {
  return [
    [0.999, 0.99, 0.95, 0.9].map((gate) => ({ ...vote, gate })),
    [-6, -4, -2, -1].map((below) => ({ ...vote, breakOff: { window: 1, below } })),
    [-3, -2, -1, -0.5].map((below) => ({ ...vote, breakOff: { window: 8, below } })),
  ];
}
