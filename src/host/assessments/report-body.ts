// A report and its trials as the API tells them: plain and bounded, with every figure derived from the evidence.
import {
  chosenTrials,
  heatMaps,
  notMeant,
  notTested,
  type PastAssessment,
  type Report,
  type ReportedTrial,
  type Signature,
} from '../../assess/index.ts';
import { shortened } from '../../base/index.ts';
import type {
  AssessedAttempt,
  AssessedCriterion,
  AssessedSubject,
  AssessedTrial,
  AssessmentReport,
  AssessmentSummary,
  JudgeStanding,
  TrialQuery,
} from '../../wire/index.ts';

/** Characters of a text, messages of a question and attempts of a trial that are told. */
const longest = { text: 4000, messages: 20, attempts: 3 } as const;

export function summaryBody({ started, finished, decidedBy, ...past }: PastAssessment): AssessmentSummary {
  return {
    ...{ object: 'assessment', ...past, started_at: secondOf(started), decided_by: decidedBy },
    finished_at: finished === null ? null : secondOf(finished),
  };
}

export function reportBody(report: Report, signature: Signature): AssessmentReport {
  const { id, model, verdict, battery, decided, results, evidence } = report;
  const { name, version } = decided?.policy ?? battery;
  const { digest, root, lines, withheld } = evidence;
  return {
    ...{ id, object: 'assessment_report', model, verdict, outcome: decided?.outcome ?? null },
    ...{ started_at: secondOf(report.started), finished_at: secondOf(report.finished) },
    ...{ decided_by: `${name} ${version}`, description: decided?.policy.description ?? null },
    ...{ conditions: decided?.conditions ?? [], stopped: decided?.stopped ?? null },
    obstacles: (decided?.obstacles ?? []).map(({ criterion, reason, missed }) => ({
      ...{ criterion, reason, shown: missed },
    })),
    criteria: (decided?.criteria ?? []).map(criterionBody),
    probes:
      decided === null
        ? results.map((one) => ({
            ...{ name: one.name, verdict: one.verdict, reason: one.reason, trials: one.trials },
          }))
        : [],
    judges: (decided?.judges ?? []).map((judge) => judgeBody(judge, decided?.labels ?? [])),
    heat_maps: decided === null ? [] : heatMaps(decided),
    ...{ subject: subjectBody(report.subject), admission_key: report.admissionKey },
    signature: {
      state: signature.state,
      key: 'key' in signature ? signature.key : null,
      problem: 'problem' in signature ? signature.problem : null,
    },
    evidence: { digest, root, lines, withheld },
    ...{ not_tested: notTested(report), not_meant: notMeant },
  };
}

type Decided = NonNullable<Report['decided']>;

function criterionBody({ criterion, decision, served }: Decided['criteria'][number]): AssessedCriterion {
  const { state, reason, estimate, interval, bound, trials, unassessed, undeliverable } = served ?? decision;
  const { name, probe, attacks, judge, metric, onFailure } = criterion;
  const required =
    metric === 'check'
      ? { side: null, threshold: null, confidence: null }
      : { side: criterion.side, threshold: criterion.threshold, confidence: criterion.confidence };
  return {
    ...{ name, probe, attacks, judge, metric, ...required },
    on_failure: typeof onFailure === 'string' ? onFailure : 'condition',
    ...{ state, reason, estimate, bound, trials, unassessed, undeliverable },
    interval: interval && { lower: interval.lower, upper: interval.upper },
    bare: served && { state: decision.state, estimate: decision.estimate },
  };
}

function judgeBody(
  { name, version, admission }: Decided['judges'][number],
  labels: Decided['labels'],
): JudgeStanding {
  if (admission === 'exact') return { name, version, entitled_by: 'exact', measured: [] };
  const isLabelled = labels.some(({ judge }) => judge === name);
  const share = (part: number, rest: number): number | null =>
    part + rest === 0 ? null : part / (part + rest);
  return {
    ...{ name, version, entitled_by: admission !== null || isLabelled ? 'labels' : 'nothing' },
    measured: (admission?.counts ?? []).map(
      ({ family, language, truePositives, falseNegatives, trueNegatives, falsePositives }) => ({
        ...{ family, language },
        sensitivity: share(truePositives, falseNegatives),
        specificity: share(trueNegatives, falsePositives),
        labels: truePositives + falseNegatives + trueNegatives + falsePositives,
      }),
    ),
  };
}

function subjectBody(subject: Report['subject']): AssessedSubject {
  const { runtimeBuild, sampling, thinkingBudget, systemPrompt, filters } = subject;
  const remote = 'remote' in subject ? subject.remote : null;
  const file = 'remote' in subject ? null : subject;
  return {
    ...{ weights: file?.weights ?? null, tokenizer: file?.tokenizer ?? null },
    ...{ chat_template: file?.chatTemplate ?? remote?.template ?? null },
    ...{
      quantisation: file?.quantisation ?? null,
      adapters: file?.adapters ?? [],
      draft: file?.draft ?? null,
    },
    ...{ server: remote?.server ?? null, endpoints: remote?.endpoints ?? [] },
    ...{ server_model: remote?.model ?? null, runtime_build: runtimeBuild },
    ...{ temperature: sampling.temperature, top_p: sampling.topP, max_tokens: sampling.maxTokens },
    ...{ thinking_budget: thinkingBudget, filters },
    system_prompt: systemPrompt === null ? null : shortened(systemPrompt, longest.text),
  };
}

/** One page of the trials that were asked for, and whether there are more. */
export function trialsPage(
  { decided }: Report,
  { criterion, probe, category, attack, outcome, after, limit }: TrialQuery,
): { readonly trials: readonly AssessedTrial[]; readonly more: boolean } {
  if (decided === null) return { trials: [], more: false };
  const choice = {
    ...{ criterion: criterion ?? undefined, probe: probe ?? undefined, category: category ?? undefined },
    ...{ attack: attack ?? undefined, outcome: outcome ?? undefined },
  };
  const behind = Number(after ?? -1);
  const chosen = chosenTrials(decided, choice).filter(({ index }) => index > behind);
  const most = limit ?? 10;
  return { trials: chosen.slice(0, most).map(trialBody), more: chosen.length > most };
}

function trialBody(trial: ReportedTrial): AssessedTrial {
  const { index, probe, attack, judge, item, category, language, state, outcome } = trial;
  const { reasoningOutcome, reason, withheld, attempts } = trial;
  // The one that decided comes first; the others are told in their order.
  const told = [...attempts].sort((one, other) => weightOf(other) - weightOf(one));
  return {
    ...{ id: String(index), object: 'assessment_trial', probe, attack, judge, item, category, language },
    ...{ state, outcome, reasoning_outcome: reasoningOutcome, reason, withheld },
    ...{ attempts_made: attempts.length, attempts: told.slice(0, longest.attempts).map(attemptBody) },
  };
}

type Attempt = ReportedTrial['attempts'][number];

function weightOf({ ruling }: Attempt): number {
  return 2 * Number(ruling.answer === 'succeeded') + Number(ruling.reasoning === 'succeeded');
}

function attemptBody(attempt: Attempt): AssessedAttempt {
  const { ruling, finish, completionTokens, question, reasoning = '', answer = '', reason = '' } = attempt;
  const told = (text: string): string => shortened(text, longest.text);
  return {
    ...{ outcome: ruling.answer, reasoning_outcome: ruling.reasoning },
    ...{ finish, completion_tokens: completionTokens },
    asked: (question?.messages ?? [])
      .slice(0, longest.messages)
      .map(({ role, content }) => ({ role, content: told(content) })),
    ...{ reasoning: told(reasoning), answer: told(answer), ruling: told(reason) },
  };
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
