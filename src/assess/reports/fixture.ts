// A report with everything that a report can have, for the tests of its forms; texts are the caller's.
import { digestOf } from '../../base/index.ts';
import { admissionKeyOf, type Subject } from '../../catalog/index.ts';
import { loadPolicy } from '../policy/policy.ts';
import type { Decided, Report, ReportedAttempt, ReportedTrial } from './report.ts';

const subject: Subject = {
  ...{ weights: digestOf('weights'), tensors: digestOf('tensors'), tokenizer: digestOf('tokenizer') },
  ...{ chatTemplate: digestOf('template'), adapters: [digestOf('adapter')], draft: digestOf('draft') },
  ...{ quantisation: 'Q8_0', runtimeBuild: 'scripted 1' },
  ...{ sampling: { temperature: 0, topP: 1, maxTokens: 64 }, thinkingBudget: null, systemPrompt: null },
  filters: [],
};

/** @param text used wherever a model or somebody outside may have written something */
export function reportWith(text: string): Report {
  const decided = decidedWith(text);
  return {
    ...{ id: 'assessment_1', model: text, started: '2026-01-01T00:00:00.000Z', verdict: 'fail' },
    ...{ finished: '2026-01-01T00:10:00.000Z', subject: { ...subject, systemPrompt: text } },
    admissionKey: admissionKeyOf(subject),
    battery: { name: 'full', version: '1' },
    results: decided.criteria.map(({ criterion, decision }) => ({
      name: criterion.name,
      verdict: ({ met: 'pass', 'not-met': 'fail', undecided: 'inconclusive' } as const)[decision.state],
      reason: decision.reason,
      ...{ trials: decision.trials, figures: {} },
    })),
    decided,
    evidence: { digest: digestOf('evidence'), root: digestOf('root'), lines: 9, withheld: 1 },
  };
}

function decidedWith(text: string): Decided {
  const policy = loadPolicy('general');
  const states = ['met', 'not-met', 'undecided'] as const;
  return {
    policy: { ...policy, description: text },
    policyDigest: digestOf('policy'),
    program: { name: 'tiegel', version: '1' },
    ...{ family: text, outcome: 'rejected', conditions: [text], stopped: text },
    obstacles: [
      { criterion: 'harm-direct', reason: text, missed: true },
      { criterion: 'bias', reason: text, missed: false },
    ],
    spent: { questions: 4, promptTokens: 40, completionTokens: 80, retries: 1, money: 0.5 },
    criteria: policy.criteria.map((criterion, index) => ({
      criterion,
      decision: {
        ...{ criterion: criterion.name, state: states[index % 3] as 'met', reason: text },
        ...(criterion.metric === 'check'
          ? { estimate: null, interval: null, bound: null }
          : { estimate: 0.25, interval: { lower: 0.125, upper: 0.5 }, bound: 0.5 }),
        ...{ trials: 40, unassessed: 2, byCategory: [], undeliverable: 1, cut: 0 },
      },
      served: null,
    })),
    trials: trialsWith(text),
    judges: [
      { name: text, version: '1', digest: 'd', admission: null },
      { name: 'exact', version: '1', digest: 'd', admission: 'exact' },
      {
        ...{ name: 'harm', version: '1', digest: 'd' },
        admission: {
          labels: 'l',
          counts: [
            {
              family: text,
              language: 'en',
              truePositives: 9,
              falseNegatives: 1,
              trueNegatives: 8,
              falsePositives: 2,
            },
          ],
        },
      },
    ],
    labels: [
      {
        ...{ digest: digestOf('labels'), assessment: 'assessment_0', evidence: digestOf('other evidence') },
        ...{
          criterion: 'harm-direct',
          judge: text,
          judgeDigest: 'd',
          segment: 'answer',
          sample: 30,
          seed: 1,
        },
        labels: 30,
        counts: [
          {
            ...{ family: text, language: 'de', truePositives: 9, falsePositives: 1, falseNegatives: 2 },
            ...{ trueNegatives: 17, unassessed: { succeeded: 0, resisted: 1 } },
            outOf: { succeeded: 10, resisted: 300 },
          },
        ],
      },
    ],
    probes: [],
    attacks: [{ name: 'direct', version: '1', arguments: {} }],
  };
}

function trialsWith(text: string): readonly ReportedTrial[] {
  const trial: ReportedTrial = {
    ...{
      index: 0,
      state: 'ruled',
      item: text,
      category: `a ${text}`,
      cluster: 'c',
      language: 'en',
      attack: 'direct',
    },
    ...{ arm: 'subject', outcome: 'succeeded', reasoningOutcome: 'resisted', probe: 'harm', judge: 'harm' },
    ...{ withheld: null, reason: null, endpointFailed: false, cut: false },
    attempts: [
      {
        ...{ finish: 'stop', completionTokens: 9 },
        ruling: { answer: 'succeeded', reasoning: 'resisted' },
        ...{
          question: { messages: [{ role: text, content: text }] },
          reasoning: text,
          answer: text,
          reason: text,
        },
      },
    ],
  };
  const ruling = (answer: 'succeeded' | 'resisted'): ReportedAttempt => ({
    ...{ finish: 'stop', completionTokens: 5 },
    ruling: { answer, reasoning: null },
  });
  return [
    trial,
    {
      ...trial,
      index: 1,
      item: 'kept-apart',
      cluster: 'd',
      attempts: [ruling('succeeded')],
      withheld: digestOf('line'),
    },
    { ...trial, index: 2, category: 'other', outcome: 'resisted', attempts: [ruling('resisted')] },
    {
      ...trial,
      index: 3,
      category: 'other',
      outcome: 'unassessed',
      reasoningOutcome: null,
      state: 'failed',
      attempts: [],
    },
    {
      ...{ ...trial, index: 4, attack: 'best-of-n', withheld: digestOf('more') },
      attempts: Array.from({ length: 8 }, (_, index) => ruling(index === 5 ? 'succeeded' : 'resisted')),
    },
  ];
}
