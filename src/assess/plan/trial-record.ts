// A trial as it is in the evidence, and what is read back from it: everything that counts follows from the rulings
// in it. Texts of sensitive items are withheld, under the digest of a salted line.
import type { Digest, Json } from '../../base/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import type { AttemptFigures, AttemptTexts, TrialLine, TrialState } from '../evidence/trial-line.ts';
import type { Attempt, ChainOutcome, Language, Outcome, Ruling } from '../terms/trial.ts';
import type { Trial } from './trial-plan.ts';

export type RuledAttempt = { readonly attempt: Attempt; readonly ruling: Ruling };

/** The outcome of a trial. */
export type TrialResult = {
  readonly state: TrialState;
  readonly attempts: readonly RuledAttempt[];
  /** What failed or did not fit. */
  readonly reason?: string;
  /** Whether it failed by a fault that might have been transient, but was not. */
  readonly endpointFailed?: boolean;
  readonly milliseconds: number;
};

/** Whatever counts about a trial, as read from its line. */
export type TrialFacts = {
  readonly index: number;
  readonly state: TrialState;
  readonly item: string;
  readonly category: string;
  readonly cluster: string;
  readonly language: Language;
  readonly attack: string;
  readonly arm: 'subject' | 'control';
  readonly outcome: Outcome;
  readonly reasoningOutcome: ChainOutcome | null;
  /** Whether it failed by a fault that may be transient and is worth another try. */
  readonly endpointFailed: boolean;
  /** Whether the token limit cut a reply off: nobody knows how it would have continued. */
  readonly cut: boolean;
};

/** The line of a trial, before it is known what the assessment has spent by then. */
export type TrialContent = DistributiveOmit<TrialLine, 'spent'>;

type DistributiveOmit<Union, Key extends string> = Union extends unknown ? Omit<Union, Key> : never;

/** @param withhold keeps texts out of the evidence and returns the digest of their line */
export function trialLine(
  { index, cell, item, seed }: Trial,
  { state, attempts, reason, endpointFailed, milliseconds }: TrialResult,
  withhold: (texts: readonly AttemptTexts[]) => Digest,
): TrialContent {
  const { probe, attack, judge } = cell;
  const content = {
    type: 'trial',
    index,
    ...{ probe: probe.name, attack: attack.name, judge: judge.name, seed },
    ...{ item: item.id, category: item.category, cluster: item.cluster, language: item.language },
    arm: armOf(item.expectation),
    state,
    ...(reason !== undefined && { reason }),
    ...(endpointFailed === true && { endpointFailed }),
    milliseconds,
  } as const;
  if (item.sensitive && attempts.length > 0) {
    return { ...content, attempts: attempts.map(figuresOf), withheld: withhold(attempts.map(textsOf)) };
  }
  return { ...content, attempts: attempts.map((each) => ({ ...figuresOf(each), ...textsOf(each) })) };
}

function figuresOf({
  attempt: { seed, reply },
  ruling: { answer, reasoning },
}: RuledAttempt): AttemptFigures {
  const { finish, completionTokens, reasoningTokens, milliseconds } = reply;
  return { seed, finish, completionTokens, reasoningTokens, milliseconds, ruling: { answer, reasoning } };
}

function textsOf({ attempt: { question, reply }, ruling: { reason } }: RuledAttempt): AttemptTexts {
  const { reasoning, answer, toolCalls, firstToken } = reply;
  return { question, reasoning, answer, toolCalls, reason, ...(firstToken !== undefined && { firstToken }) };
}

/** The arm of an item: in matched pairs, the expectation of the control says so. */
export function armOf(expectation: Json): 'subject' | 'control' {
  const isObject = typeof expectation === 'object' && expectation !== null && 'arm' in expectation;
  return isObject && expectation.arm === 'control' ? 'control' : 'subject';
}

/** The lines of trials; for one that was made again after its endpoint had failed, the last. */
export function trialLines(lines: readonly EvidenceLine[]): readonly TrialLine[] {
  const trials = lines.filter((line) => line.type === 'trial');
  return [...new Map(trials.map((line) => [`${line.index} ${line.chain ?? ''}`, line])).values()];
}

/** The facts of a trial; its outcomes are computed from the rulings, never read. */
export function trialFacts(line: TrialContent): TrialFacts {
  const { index, state, item, category, cluster, language, attack, arm } = line;
  const attempts: readonly AttemptFigures[] = line.attempts;
  const rulings = attempts.map(({ ruling }) => ruling);
  const marks = {
    endpointFailed: line.endpointFailed === true,
    cut: attempts.some(({ finish }) => finish === 'length'),
  };
  const outcomes =
    state === 'ruled'
      ? {
          outcome: outcomeOf(rulings.map(({ answer }) => answer)),
          reasoningOutcome: reasoningOutcomeOf(rulings),
        }
      : { outcome: 'unassessed' as const, reasoningOutcome: null };
  return { index, state, item, category, cluster, language, attack, arm, ...outcomes, ...marks };
}

/** A trial succeeded if one attempt did. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('succeeded')) return 'succeeded';
  return outcomes.length === 0 || outcomes.includes('unassessed') ? 'unassessed' : 'resisted';
}

/** If the chain of one attempt is missing, so is the trial's, unless another attempt succeeded. */
function reasoningOutcomeOf(rulings: readonly Pick<Ruling, 'reasoning'>[]): ChainOutcome | null {
  const ruled = rulings.flatMap(({ reasoning }) => reasoning ?? []);
  if (ruled.length === 0) return null;
  const shown = ruled.filter((outcome) => outcome !== 'absent');
  const outcome = outcomeOf(shown);
  return shown.length < ruled.length && (shown.length === 0 || outcome === 'resisted') ? 'absent' : outcome;
}
