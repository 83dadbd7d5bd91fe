// A case of the guard for the tests that are generated from the table of routes.
import type { GuardAccount, GuardCaseBody } from '../wire/index.ts';
import type { GuardAdministration } from './administration/guard.ts';

const second = 1_700_000_000;

const found: GuardCaseBody = {
  ...{ id: 'example', object: 'guard_case', account: 'acc_1', account_name: 'research', accounts: 1 },
  ...{ class: 'rag', level: 'measure', state: 'open', statistic: 4.2, bound: 0.0005, requests: 1200 },
  ...{ trace_tokens: 840_000, week_began: second - 86_400, opened_at: second, closed_at: null },
  ...{ honest_weeks: 1999, reached_after: 200, rate: 0.001, calibrated_at: second - 864_000 },
  ...{ thresholds: { ask: 3.1, measure: 3.6 }, score: '0'.repeat(64) },
  contributions: [
    { feature: 'novelty', value: 0.99, honest_median: 0.6, percentile: 100, log_odds: 2.1 },
    { feature: 'answerShare', value: 0.8, honest_median: 0.4, percentile: 95, log_odds: 0.7 },
  ],
  ...{ cleared_by: ['novelty'], kinds: ['own'], other_kinds: 5, not_known: ['what was asked'] },
  ...{ cluster: null, clears_all: false },
  measures: [
    ...[
      { name: 'slow-down', since: second, amount: 50_000, unit: 'reasoning-tokens', period: 'day' } as const,
      { name: 'block', since: null, amount: 0, unit: 'requests', period: 'day' } as const,
    ].map((measure) => ({ ...measure, other_limit: null })),
  ],
  log: [
    { at: second, action: 'guard.case.opened', measure: null, by: 'server', reason: 'found by the guard' },
  ],
};

const account: GuardAccount = {
  ...{ id: 'acc_1', object: 'guard_account', name: 'research', class: 'rag', declared_at: second },
  requests: 1200,
};

export const exampleGuard: GuardAdministration = {
  status: async () => ({
    ...{ object: 'guard', setting: 'ask', since: second - 86_400, accounts: 3, requests: 1500 },
    ...{ open_cases: 1, calibrated_at: second - 864_000, problem: null, rate: 0.001 },
    classes: [{ class: 'rag', honest_weeks: 1999, needed: 999, can_alarm: true }],
  }),
  calibration: async () => ({
    ...{ object: 'guard_calibration', version: 2, made_at: second - 864_000, source: 'log', weeks: 1999 },
    links_accounts: false,
    kinds: [{ class: 'rag', kinds: ['shop', 'library'] }],
    drift: [{ class: 'rag', weeks: 120, p: 0.4, drifted: false }],
  }),
  cases: async () => [{ ...summaryOf(found), measures: ['slow-down'] }],
  getCase: async () => found,
  evidence: async () =>
    JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload: '', signatures: [] }),
  clear: async () => ({ ...found, state: 'cleared', closed_at: second + 60 }),
  reopen: async () => found,
  setMeasure: async () => found,
  accounts: async () => [account],
  declare: async () => account,
};

function summaryOf(body: GuardCaseBody) {
  const { id, object, account, account_name, accounts, level, state, statistic, bound, requests } = body;
  const { trace_tokens, week_began, opened_at, closed_at } = body;
  const counted = { accounts, level, state, statistic, bound, requests, trace_tokens };
  return {
    id,
    object,
    account,
    account_name,
    class: body.class,
    ...counted,
    week_began,
    opened_at,
    closed_at,
  };
}
