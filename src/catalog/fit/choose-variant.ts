// Which variant of a family to take: the largest model that fits with a useful context and is fast enough to think,
// in the most precise quantisation that still is. More parameters are worth more than more bits, down to four bits.

import { TiegelError } from '../../base/index.ts';
import { parseKnownName } from '../pull/reference.ts';
import { type Fit, type FitOptions, fitModel, type Machine } from './fit-model.ts';
import type { Model } from './memory-needs.ts';
import { publishedShapes } from './published-shapes.ts';
import { type Quantisation, quantisations, quantisedTensors } from './quantised-tensors.ts';

export type Candidate = {
  /** Such as `deepseek-r1:7b`. */
  readonly name: string;
  readonly quantisation: Quantisation;
  readonly fit: Fit;
};

export type Choice = {
  /** From small to large, the most precise quantisation first. */
  readonly candidates: readonly Candidate[];
  /** Null where nothing fits. */
  readonly picked: Candidate | null;
  /** One sentence. */
  readonly reason: string;
};

/** Tokens a second below which a reasoner is tiresome: 2,000 tokens of thinking then take almost seven minutes. */
const leastTokensPerSecond = 5;

/** The names of a family, or the one name; empty for one that nobody published. */
export function publishedNames(familyOrName: string): readonly string[] {
  const names = [...publishedShapes.keys()];
  if (publishedShapes.has(familyOrName)) return [familyOrName];
  return names.filter((name) => name.startsWith(`${familyOrName}:`));
}

/**
 * What `chooseVariant` takes of a family that is named without a size; undefined for any other reference.
 *
 * @throws TGL_PULL_REFERENCE where nothing of the family fits
 */
export function variantOfFamily(
  reference: string,
  machine: Machine,
  options: ChoiceOptions = {},
): { readonly reference: string; readonly reason: string } | undefined {
  if (!isFamily(reference)) return undefined;
  const { picked, reason } = chooseVariant(publishedNames(reference), machine, options);
  if (picked === null) {
    const problem = `nothing of this family fits the memory of this machine; \`tiegel fit ${reference}\` says what it takes`;
    throw new TiegelError('TGL_PULL_REFERENCE', { received: JSON.stringify(reference), problem });
  }
  return { reference: referenceOf(picked.name, picked.quantisation), reason };
}

/** Whether a reference names a family whose shapes are known, and no size. */
export function isFamily(reference: string): boolean {
  return !reference.includes(':') && publishedNames(reference).length > 0;
}

/** The model that a reference for `tiegel pull` means, where its shape is known. */
export function publishedModelOf(reference: string): Model | undefined {
  const known = parseKnownName(reference);
  const quantisation = quantisations.find((candidate) => candidate === known?.wanted);
  if (known === undefined || quantisation === undefined || !publishedShapes.has(known.model.name))
    return undefined;
  return publishedModel(known.model.name, quantisation);
}

export type ChoiceOptions = Pick<FitOptions, 'slots' | 'contextLength'> & {
  /** Tokens per second that were measured with a variant, by its reference. @default none were */
  readonly speedOf?: (reference: string) => number | undefined;
};

/** The text by which `tiegel pull` knows a variant. */
function referenceOf(name: string, quantisation: Quantisation): string {
  return `${name}-${quantisation.toLowerCase()}`;
}

/** @param names of published models, from small to large. */
export function chooseVariant(
  names: readonly string[],
  machine: Machine,
  { speedOf, ...options }: ChoiceOptions = {},
): Choice {
  const candidates = names.flatMap((name) =>
    quantisations.map((quantisation): Candidate => {
      const measuredTokensPerSecond = speedOf?.(referenceOf(name, quantisation));
      const fit = fitModel(publishedModel(name, quantisation), machine, {
        ...options,
        measuredTokensPerSecond,
      });
      return { name, quantisation, fit };
    }),
  );
  const fitting = candidates.filter(({ fit }) => fit.fits);
  const fast = fitting.filter(({ fit }) => fit.fits && isFast(fit.tokensPerSecond));
  const largest = fast.at(-1)?.name;
  const picked = fast.find(({ name }) => name === largest) ?? fastest(fitting);
  return { candidates, picked, reason: reasonOf(picked, fast.length > 0) };
}

function publishedModel(name: string, quantisation: Quantisation): Model {
  const published = publishedShapes.get(name);
  if (published === undefined) throw new TypeError(`publishedModel: nobody published ${name}`);
  const { configuration, headWidth } = published;
  const shape = { ...configuration, headWidth };
  return { shape, tensors: quantisedTensors(published, quantisation) };
}

function isFast(tokensPerSecond: number | null): boolean {
  return tokensPerSecond === null || tokensPerSecond >= leastTokensPerSecond;
}

function fastest(candidates: readonly Candidate[]): Candidate | null {
  const speed = ({ fit }: Candidate): number => (fit.fits ? (fit.tokensPerSecond ?? 0) : 0);
  return candidates.toSorted((one, other) => speed(other) - speed(one))[0] ?? null;
}

function reasonOf(picked: Candidate | null, fast: boolean): string {
  if (picked === null) return 'None of them fits the memory of this machine.';
  if (!fast) {
    return `None reaches ${leastTokensPerSecond} tokens a second here; this is the fastest that fits.`;
  }
  return (
    'It is the largest model that fits and thinks at a bearable speed, ' +
    'in the most precise quantisation that does.'
  );
}
