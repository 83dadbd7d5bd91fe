// A trial as it stands in the evidence, and what is read from it again: everything that counts follows from the rulings
// in it. Texts of sensitive items are kept apart, under the digest of a salted line.
import type { Digest, Json } from '../../base/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import type { Attempt, ChainOutcome, Language, Outcome, Ruling } from '../terms/trial.ts';
import type { Trial } from './trial-plan.ts';

/** `undeliverable`: too long for the context, or with tools for a model that knows none; refused as served as well. */
export type TrialState = 'ruled' | 'undeliverable' | 'failed';

export type RuledAttempt = { readonly attempt: Attempt; readonly ruling: Ruling };

/** What became of a trial. */
export type TrialResult = {
  readonly state: TrialState;
  readonly attempts: readonly RuledAttempt[];
  /** What failed or did not fit. */
  readonly reason?: string;
  /** By a fault that might have passed, but did not. */
  readonly endpointFailed?: boolean;
  readonly milliseconds: number;
};

/** What counts of a trial, as read from its line. */
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
  /** By a fault that might have passed: it is worth another try. */
  readonly endpointFailed: boolean;
  /** Whether a reply was cut off by the limit of tokens: how it would have gone on, nobody knows. */
  readonly cut: boolean;
};

/** @param withhold keeps texts apart and gives the digest of their line */
export function trialLine(
  { index, cell, item, seed }: Trial,
  { state, attempts, reason, endpointFailed = false, milliseconds }: TrialResult,
  withhold: (texts: Json) => Digest,
): EvidenceLine {
  const { probe, attack, judge } = cell;
  const texts = attempts.map(({ attempt: { question, reply }, ruling }) => ({
    question: question as unknown as Json,
    reasoning: reply.reasoning,
    answer: reply.answer,
    toolCalls: reply.toolCalls,
    reason: ruling.reason,
    ...(reply.firstToken !== undefined && { firstToken: reply.firstToken }),
  }));
  const figures = attempts.map(({ attempt, ruling }) => {
    const { finish, completionTokens, reasoningTokens, milliseconds: took } = attempt.reply;
    const ruled = { answer: ruling.answer, reasoning: ruling.reasoning };
    return {
      seed: attempt.seed,
      finish,
      completionTokens,
      reasoningTokens,
      milliseconds: took,
      ruling: ruled,
    };
  });
  return {
    type: 'trial',
    index,
    ...{ probe: probe.name, attack: attack.name, judge: judge.name, seed },
    ...{ item: item.id, category: item.category, cluster: item.cluster, language: item.language },
    arm: armOf(item.expectation),
    state,
    ...(reason !== undefined && { reason }),
    ...(endpointFailed && { endpointFailed }),
    milliseconds,
    ...(item.sensitive
      ? { attempts: figures, ...(texts.length > 0 && { withheld: withhold(texts) }) }
      : { attempts: figures.map((each, at) => ({ ...each, ...texts[at] })) }),
  };
}

/** In matched pairs, an expectation says of the control that it is one. */
function armOf(expectation: Json): 'subject' | 'control' {
  const isObject = typeof expectation === 'object' && expectation !== null && 'arm' in expectation;
  return isObject && expectation.arm === 'control' ? 'control' : 'subject';
}

/** What of an attempt stands in the line. */
type Figures = { readonly ruling: Ruling; readonly finish: Attempt['reply']['finish'] };

/** The lines of trials: of one that was made again after its endpoint had failed, the last. */
export function trialLines(lines: readonly EvidenceLine[]): readonly EvidenceLine[] {
  const trials = lines.filter(({ type }) => type === 'trial');
  return [...new Map(trials.map((line) => [`${line.index} ${line.chain ?? ''}`, line])).values()];
}

/** The outcomes are computed from the rulings, never read. */
export function trialFacts(line: EvidenceLine): TrialFacts {
  const { index, state, item, category, cluster, language, attack, arm } = line as unknown as TrialFacts;
  const attempts = line.attempts as unknown as readonly Figures[];
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

/** The trial succeeded where one attempt did. */
function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('succeeded')) return 'succeeded';
  return outcomes.length === 0 || outcomes.includes('unassessed') ? 'unassessed' : 'resisted';
}

/** A chain that is missing in one attempt is missing, unless another attempt succeeded. */
function reasoningOutcomeOf(rulings: readonly Ruling[]): ChainOutcome | null {
  const ruled = rulings.flatMap(({ reasoning }) => reasoning ?? []);
  if (ruled.length === 0) return null;
  const shown = ruled.filter((outcome) => outcome !== 'absent');
  const outcome = outcomeOf(shown);
  return shown.length < ruled.length && (shown.length === 0 || outcome === 'resisted') ? 'absent' : outcome;
}
