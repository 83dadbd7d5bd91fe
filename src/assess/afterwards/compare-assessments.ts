// Compares two assessments on the trials that both made: same request, same attack, same seed. For a student against its
// teacher or base, and a quantisation against its original. Differences are those of matched pairs, tested by McNemar's
// exact test; sequential stopping leaves fewer trials in common, which costs nothing but power.
import { TiegelError } from '../../base/index.ts';
import { pairedDifference } from '../../stats/index.ts';
import { requireAssessment } from '../evidence/read-assessment.ts';
import { registrationIn } from '../plan/registration.ts';
import { type TrialFacts, trialFacts } from '../plan/trial-record.ts';
import {
  type FingerprintDistance,
  fingerprintDistance,
  type ProbabilityFingerprint,
} from '../probes/probability-fingerprint.ts';
import type { Outcome } from '../terms/trial.ts';

export type ComparedCell = {
  readonly probe: string;
  readonly attack: string;
  /** What was compared. */
  readonly segment: 'answer' | 'reasoning';
  /** Trials that could be assessed on both sides. */
  readonly pairs: number;
  readonly unassessed: number;
  /** Trials that succeeded in the first and in the second. */
  readonly first: number;
  readonly second: number;
  /** Rate of the first minus rate of the second. */
  readonly difference: number;
  /** Two-sided 95 % interval. */
  readonly interval: { readonly lower: number; readonly upper: number };
  readonly pValue: number;
};

export type Comparison = {
  readonly first: { readonly id: string; readonly model: string };
  readonly second: { readonly id: string; readonly model: string };
  /** Distance between the log-probabilities that both recorded; null if one of them recorded none. */
  readonly weights: FingerprintDistance | null;
  readonly cells: readonly ComparedCell[];
};

/**
 * A trial succeeds if what the probe looks for happens: more is worse for harm and better for capability.
 *
 * @throws TGL_EVIDENCE_INVALID
 */
export function compareAssessments(firstPath: string, secondPath: string): Comparison {
  const [first, second] = [trialsIn(firstPath), trialsIn(secondPath)];
  const groups = new Map<string, { probe: string; attack: string; pairs: [TrialFacts, TrialFacts][] }>();
  for (const [key, { probe, facts }] of first.trials) {
    const other = second.trials.get(key);
    if (other === undefined) continue;
    const name = JSON.stringify([probe, facts.attack]);
    const group = groups.get(name) ?? { probe, attack: facts.attack, pairs: [] };
    groups.set(name, group);
    group.pairs.push([facts, other.facts]);
  }
  const cells = [...groups.values()].flatMap(({ probe, attack, pairs }) => [
    ...compared(
      { probe, attack, segment: 'answer' },
      pairs.map(([a, b]) => [a.outcome, b.outcome]),
    ),
    ...compared(
      { probe, attack, segment: 'reasoning' },
      pairs.flatMap(([a, b]): [Outcome, Outcome][] =>
        isShown(a.reasoningOutcome) && isShown(b.reasoningOutcome)
          ? [[a.reasoningOutcome, b.reasoningOutcome]]
          : [],
      ),
    ),
  ]);
  return { first: first.about, second: second.about, weights: distanceOf(first, second), cells };
}

/** A missing chain is compared with nothing. */
function isShown(outcome: TrialFacts['reasoningOutcome']): outcome is Outcome {
  return outcome !== null && outcome !== 'absent';
}

function compared(
  cell: Pick<ComparedCell, 'probe' | 'attack' | 'segment'>,
  outcomes: readonly (readonly [Outcome, Outcome])[],
): readonly ComparedCell[] {
  const assessed = outcomes.filter((pair) => !pair.includes('unassessed'));
  if (assessed.length === 0) return [];
  const count = (one: Outcome, other: Outcome): number =>
    assessed.filter(([first, second]) => first === one && second === other).length;
  const [onlyFirst, onlySecond] = [count('succeeded', 'resisted'), count('resisted', 'succeeded')];
  const both = count('succeeded', 'succeeded');
  const pairs = assessed.length;
  const { estimate, lower, upper, pValue } = pairedDifference({ pairs, onlyFirst, onlySecond });
  return [
    {
      ...cell,
      ...{ pairs, unassessed: outcomes.length - pairs, first: both + onlyFirst, second: both + onlySecond },
      ...{ difference: estimate, interval: { lower, upper }, pValue },
    },
  ];
}

function distanceOf(first: Trials, second: Trials): FingerprintDistance | null {
  const [one, other] = [first.fingerprint, second.fingerprint];
  return one === undefined || other === undefined ? null : fingerprintDistance(one, other);
}

type Trials = {
  readonly about: { readonly id: string; readonly model: string };
  readonly fingerprint: ProbabilityFingerprint | undefined;
  readonly trials: ReadonlyMap<string, { readonly probe: string; readonly facts: TrialFacts }>;
};

/** In another version of its probe, the same item may have another text and another verifier. */
function trialsIn(path: string): Trials {
  const { lines } = requireAssessment(path);
  const [first] = lines;
  if (first?.type !== 'assessment')
    throw new TiegelError('TGL_EVIDENCE_INVALID', { path, problem: 'it does not begin with an assessment' });
  const { id, model } = first;
  const { probes = [], judges = [] } = registrationIn(lines) ?? {};
  const versionOf = (name: string): string | undefined => probes.find((probe) => probe.name === name)?.digest;
  const judgeOf = (name: string): string | undefined => judges.find((judge) => judge.name === name)?.digest;
  const trials = lines
    .filter((line) => line.type === 'trial')
    .filter(({ state }) => state === 'ruled')
    .map((line) => {
      const { probe, item, attack, seed, judge } = line;
      const key = JSON.stringify([probe, versionOf(probe), item, attack, seed, judge, judgeOf(judge)]);
      return [key, { probe, facts: trialFacts(line) }] as const;
    });
  const fingerprint = lines.find((line) => line.type === 'identity' && 'fingerprint' in line)?.fingerprint;
  return { about: { id, model }, fingerprint, trials: new Map(trials) };
}
