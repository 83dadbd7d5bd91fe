// The observer of requests: features are computed while the text is at hand, and only what they add up to is kept, by account and
// week, until somebody takes it away. It fails no request: what goes wrong in it is counted.
import type { Clock } from '../../base/index.ts';
import type { ObservedMessage, RequestObserver, RequestRecord } from '../../traffic/index.ts';
import {
  type AccountState,
  addRequest,
  emptyAccountState,
  type RequestFacts,
} from '../account/account-state.ts';
import { joinedSpan, type Span, weekOf } from '../decision/account-week.ts';
import {
  createFeatureExtractor,
  type FeatureExtractor,
  type RequestFeatures,
} from '../features/request-features.ts';
import { type LexicalScore, lexicalScoreOf } from '../score/lexical-score.ts';
import type { HashKey } from '../sketches/hash.ts';

/** What was observed of one account in one week since the last time. */
export type Observation = {
  readonly organisation: string;
  readonly account: string;
  readonly week: number;
  readonly state: AccountState;
  readonly span: Span;
};

export type ObservationCounts = {
  /** Requests that were observed, that could not be, and that were not for want of room. */
  readonly observed: number;
  readonly failed: number;
  readonly dropped: number;
};

export type RequestObservation = {
  readonly observer: RequestObserver;
  /** What was observed since the last call. */
  readonly take: () => readonly Observation[];
  readonly counts: () => ObservationCounts;
};

export type ObservationOptions = {
  readonly lexical: LexicalScore;
  /** Of the hashes of one week: with another key each week, weeks cannot be joined by what was asked. */
  readonly keyOf: (week: number) => HashKey;
  readonly clock: Clock;
  readonly onProblem: (error: unknown) => void;
  /** Accounts that are kept until they are taken away. @default 20,000 */
  readonly maxAccounts?: number;
};

type Begun = {
  readonly features: RequestFeatures;
  readonly score: number;
  readonly week: number;
  readonly opensConversation: boolean;
};

/** Of instructions that stand before the conversation. */
const instructionCharacters = 512;

export function observeRequests(options: ObservationOptions): RequestObservation {
  const { lexical, keyOf, clock, onProblem, maxAccounts = 20_000 } = options;
  const begun = new Map<string, Begun>();
  let waiting = new Map<string, Observation>();
  /** When accounts asked last, this week. */
  let last = new Map<string, number>();
  let extractor: { readonly week: number; readonly extract: FeatureExtractor } | undefined;
  let [observed, failed, dropped] = [0, 0, 0];

  const extractorOf = (week: number): FeatureExtractor => {
    if (extractor?.week !== week) {
      extractor = { week, extract: createFeatureExtractor(keyOf(week)) };
      last = new Map();
    }
    return extractor.extract;
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      failed++;
      onProblem(error);
    }
  };
  const add = (record: RequestRecord, { features, score, week, opensConversation }: Begun): void => {
    const { principal, arrived } = record;
    if (principal === null || principal.account === null) return;
    const { organisation, account } = principal;
    const key = `${organisation} ${account} ${week}`;
    const known = waiting.get(key);
    if (known === undefined && waiting.size >= maxAccounts) {
      dropped++;
      return;
    }
    const state = known?.state ?? emptyAccountState();
    const span = joinedSpan(known?.span ?? null, [arrived, arrived])!;
    const before = last.get(key);
    if (last.size < maxAccounts || before !== undefined) last.set(key, arrived);
    const facts = factsOf(record, opensConversation, before);
    addRequest(state, features, facts, score);
    waiting.set(key, { organisation, account, week, state, span });
    observed++;
  };
  return {
    observer: {
      began: ({ id, principal }, _, messages) =>
        guarded(() => {
          if (principal.account === null) return;
          const week = weekOf(clock.now());
          const features = extractorOf(week)(promptOf(messages));
          const opensConversation = !messages.some(({ role }) => role === 'assistant');
          begun.set(id, { features, score: lexicalScoreOf(lexical, features), week, opensConversation });
        }),
      ended: (record) =>
        guarded(() => {
          const known = begun.get(record.requestId);
          if (known === undefined) return;
          begun.delete(record.requestId);
          add(record, known);
        }),
    },
    take: () => {
      const taken = [...waiting.values()];
      waiting = new Map();
      return taken;
    },
    counts: () => ({ observed, failed, dropped }),
  };
}

/** @param before when the account asked last */
function factsOf(
  { usage, choices, outcome, arrived }: RequestRecord,
  opensConversation: boolean,
  before: number | undefined,
): RequestFacts {
  return {
    inputTokens: usage.promptTokens,
    cachedTokens: usage.cachedPromptTokens,
    reasoningTokens: usage.reasoningTokens,
    answerTokens: usage.completionTokens - usage.reasoningTokens,
    traceShown: usage.reasoningTokens > 0,
    ...{ opensConversation, clientGone: outcome.type === 'client-gone', choices: choices.length },
    ...{ temperature: null, inBenchmark: false },
    gapSeconds: before === undefined ? null : Math.max(0, (arrived - before) / 1000),
  };
}

/** What is new in a request: the last thing that the user said, behind the beginning of the instructions. */
function promptOf(messages: readonly ObservedMessage[]): string {
  const said = messages.findLast(({ role }) => role === 'user') ?? messages.at(-1);
  const instructions = messages.find(({ role }) => role === 'system' || role === 'developer');
  const text = said?.content ?? '';
  if (instructions === undefined || instructions === said) return text;
  return `${instructions.content.slice(0, instructionCharacters)}\n\n${text}`;
}
