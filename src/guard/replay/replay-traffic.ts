// What the guard would have seen and said of a log of traffic, request by request, as a server would that writes after each of them.
import { accusedByEbh } from '../../stats/index.ts';
import type { Calibration } from '../calibration/calibration.ts';
import type { ObservedWeek } from '../calibration/honest-weeks.ts';
import {
  type AccountWeek,
  emptyAccountWeek,
  type Look,
  observeRequest,
  weekOf,
} from '../decision/account-week.ts';
import { type Drift, driftOf } from '../decision/drift.ts';
import { judge, type Level } from '../decision/judge.ts';
import { createFeatureExtractor } from '../features/request-features.ts';
import type { LinkedAccount } from '../linkage/linked-account.ts';
import type { LinkageLook } from '../linkage/replayed-clusters.ts';
import type { GuardScore } from '../score/guard-score.ts';
import { lexicalScoreOf } from '../score/lexical-score.ts';
import type { HashKey } from '../sketches/hash.ts';
import { isJudged, type UseClass } from '../use-class.ts';
import type { LoggedRequest } from './read-traffic.ts';

/** How far an account was when it was looked at. */
type Moment = { readonly time: number; readonly requests: number; readonly traceTokens: number };
type ReplayedLook = { readonly look: Look; readonly at: Moment };

export type ReplayedWeek = Omit<ObservedWeek, 'looks'> & {
  readonly week: number;
  requests: number;
  traceTokens: number;
  readonly looks: readonly ReplayedLook[];
};

type RunningWeek = ReplayedWeek & {
  readonly state: AccountWeek;
  readonly looks: ReplayedLook[];
  readonly first: number;
  last: number;
  readonly infrastructure: Set<string>;
};

/** Seconds between two looks at all accounts of a week. */
const lookSeconds = 12 * 3600;

/** Weeks of the accounts in the order of their first requests; the class of a week is that of its first request. */
export async function replayTraffic(
  requests: AsyncIterable<LoggedRequest>,
  score: GuardScore,
  key: HashKey,
  look: LinkageLook = () => {},
): Promise<readonly ReplayedWeek[]> {
  const extract = createFeatureExtractor(key);
  const weeks = new Map<string, RunningWeek>();
  /** What was there when the running half day ended is looked at before the next request. */
  let [latest, ends] = [0, Number.POSITIVE_INFINITY];
  const lookAt = (time: number): void => {
    const running = [...weeks.values()].filter(({ week }) => week === weekOf(1000 * latest));
    if (running.length > 0) look(running.map(linkedOf), time);
  };
  const lastTimes = new Map<string, number>();
  const conversations = new Set<string>();
  for await (const request of requests) {
    const { time, organisation, account, conversation, reasoningTokens, answerTokens, traceShown } = request;
    if (time >= ends) lookAt(ends);
    ends = (Math.floor(time / lookSeconds) + 1) * lookSeconds;
    latest = time;
    const owner = JSON.stringify([organisation, account]);
    const week = weekOf(1000 * time);
    const known = weeks.get(`${owner} ${week}`);
    const mine = known ?? {
      ...{ organisation, account, week, useClass: request.class, requests: 0, traceTokens: 0 },
      ...{ state: emptyAccountWeek(), looks: [], first: time, last: time },
      infrastructure: new Set<string>(),
    };
    if (known === undefined) weeks.set(`${owner} ${week}`, mine);
    const before = lastTimes.get(owner);
    lastTimes.set(owner, time);
    const talk = `${owner} ${conversation}`;
    const opensConversation = conversation === null || !conversations.has(talk);
    if (conversation !== null) conversations.add(talk);
    const features = extract(request.prompt);
    const facts = {
      ...{ reasoningTokens, answerTokens, traceShown, opensConversation, clientGone: false },
      ...{ inputTokens: request.inputTokens, cachedTokens: request.cachedTokens },
      ...{ choices: request.n, temperature: request.temperature, inBenchmark: false },
      gapSeconds: before === undefined ? null : time - before,
    };
    mine.requests++;
    mine.last = time;
    for (const [what, value] of Object.entries(request.infrastructure))
      if (mine.infrastructure.size < mostInfrastructure) mine.infrastructure.add(`${what} ${value}`);
    if (traceShown) mine.traceTokens += reasoningTokens;
    const at = { time, requests: mine.requests, traceTokens: mine.traceTokens };
    const looks = observeRequest(mine.state, features, facts, lexicalScoreOf(score.lexical, features));
    mine.looks.push(...looks.map((look) => ({ look, at })));
  }
  lookAt(latest);
  return [...weeks.values()];
}

/** Of an account and week; more say nothing of who is behind it. */
const mostInfrastructure = 64;

function linkedOf(week: RunningWeek): LinkedAccount {
  const { organisation, account, useClass, state, first, last, infrastructure } = week;
  return {
    ...{ organisation, account, useClass, state: state.state },
    span: [1000 * first, 1000 * last],
    infrastructure: [...infrastructure],
  };
}

export type AccountReport = {
  readonly organisation: string;
  readonly account: string;
  readonly class: UseClass;
  readonly weeks: number;
  readonly requests: number;
  readonly traceTokens: number;
  /** The mean over the weeks of 1 / rate where one exceeds the threshold to ask and of 0 where none does; null for what was not judged. */
  readonly eValue: number | null;
  /** How probable it is at most that an honest account has one of its weeks reach as much. */
  readonly bound: number | null;
  readonly level: Level;
  readonly firstAlarm: (Moment & { readonly level: Level }) | null;
  readonly notJudged: string | null;
  /** Whether its e-value carries an accusation among all accounts of the log, of which a tenth is false at most. */
  readonly accused: boolean;
};

export function reportsOf(
  weeks: readonly ReplayedWeek[],
  score: GuardScore,
  calibration: Calibration | undefined,
): readonly AccountReport[] {
  const byAccount = Map.groupBy(weeks, ({ organisation, account }) =>
    JSON.stringify([organisation, account]),
  );
  const reports = [...byAccount.values()].map((all) => reportOf(all, score, calibration));
  const accused = accusedByEbh(
    reports.map(({ eValue }) => eValue ?? 0),
    falseAccusations,
  );
  return reports.map((report, index) => ({ ...report, accused: accused[index]! }));
}

/** At most, on average, as a share of all accusations. */
const falseAccusations = 0.1;

function reportOf(
  weeks: readonly ReplayedWeek[],
  score: GuardScore,
  calibration: Calibration | undefined,
): Omit<AccountReport, 'accused'> {
  const { organisation, account, useClass } = weeks[0]!;
  const sum = (of: (week: ReplayedWeek) => number): number =>
    weeks.reduce((total, week) => total + of(week), 0);
  const known = {
    ...{ organisation, account, class: useClass, weeks: weeks.length },
    requests: sum((week) => week.requests),
    traceTokens: sum((week) => week.traceTokens),
  };
  const unjudged = (notJudged: string): Omit<AccountReport, 'accused'> => ({
    ...{ ...known, eValue: null, bound: null, level: 'none', firstAlarm: null, notJudged },
  });
  if (!isJudged(useClass)) return unjudged('what was declared looks as harvesting does; its limits hold it');
  if (calibration?.classes[useClass] === undefined) return unjudged(`there is no calibration of ${useClass}`);
  const judged = weeks.flatMap((week) => {
    const looks = week.looks.map(({ look }) => look);
    const judgement = judge(score, calibration, useClass, looks);
    return judgement === null ? [] : [{ week, judgement }];
  });
  if (judged.length === 0) return unjudged('it made too few requests to be looked at');
  const alarmed = judged.filter(({ judgement }) => judgement.level !== 'none');
  const least = Math.min(...judged.map(({ judgement }) => judgement.p));
  const [first] = alarmed;
  return {
    ...known,
    eValue: alarmed.length / calibration.rate / judged.length,
    bound: Math.min(1, least * judged.length),
    level: alarmed.some(({ judgement }) => judgement.level === 'measure')
      ? 'measure'
      : first
        ? 'ask'
        : 'none',
    firstAlarm: first === undefined ? null : firstAlarmOf(first.week, score, calibration),
    notJudged: null,
  };
}

/** Whether weeks of the log are spread as those of the calibration are. */
export function driftIn(
  weeks: readonly ReplayedWeek[],
  score: GuardScore,
  calibration: Calibration,
): readonly Drift[] {
  const judgements = weeks.flatMap(({ useClass, looks }) => {
    const seen = looks.map(({ look }) => look);
    return judge(score, calibration, useClass, seen) ?? [];
  });
  return driftOf(calibration, judgements);
}

function firstAlarmOf(
  { useClass, looks }: ReplayedWeek,
  score: GuardScore,
  calibration: Calibration,
): AccountReport['firstAlarm'] {
  for (const [index, { at }] of looks.entries()) {
    const seen = looks.slice(0, index + 1).map(({ look }) => look);
    const level = judge(score, calibration, useClass, seen)?.level ?? 'none';
    if (level !== 'none') return { ...at, level };
  }
  return null;
}
