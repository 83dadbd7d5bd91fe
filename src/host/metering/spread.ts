// What a request was spread over, as its row of the ledger has it: samples of its reply, probes of their thinking, and the request of a
// client that it was a tier of.
import { type LedgerEntry, nothingSpread } from '../../store/index.ts';
import type { ChoiceRecord, RequestRecord } from '../../traffic/index.ts';

export function spreadOf({
  choices,
  tierOf,
}: Pick<RequestRecord, 'choices' | 'tierOf'>): Pick<LedgerEntry, keyof typeof nothingSpread> {
  const probes = choices.filter(({ beside }) => beside === 'probe');
  return {
    ...nothingSpread,
    ...tierColumns(tierOf),
    ...{ samples: choices.length - probes.length, probes: probes.length },
    discarded: tokensOf(choices.filter(({ beside }) => beside === 'discarded')),
    probed: tokensOf(probes),
  };
}

export function tierColumns(tierOf: RequestRecord['tierOf']): Partial<Pick<LedgerEntry, 'parent' | 'tier'>> {
  return tierOf === undefined ? {} : { parent: tierOf.request, tier: tierOf.tier };
}

/**
 * The share of the machine's energy that a request took: its watts for as long as the engine was busy with it, in as many of its places.
 *
 * @param share of the places of the engine
 */
export function energyOf(
  watts: number | undefined,
  busyMs: number,
  share: number,
): Partial<Pick<LedgerEntry, 'millijoules' | 'energy'>> {
  if (watts === undefined) return {};
  return { millijoules: Math.round(watts * Math.max(0, busyMs) * Math.min(1, share)), energy: 'modelled' };
}

/** Some servers tell parts of tokens. */
function tokensOf(choices: readonly ChoiceRecord[]): number {
  return Math.ceil(choices.reduce((sum, { usage }) => sum + usage.completionTokens, 0));
}
