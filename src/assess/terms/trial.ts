// The terms of an assessment: an attack puts an item of a probe to the model, which gives attempts, on which
// judges rule. A trial is one item under one attack. After garak's probe and detector and HarmBench's behaviour and
// attack; differs in that reasoning and answer are ruled on separately and that there is a third outcome.
import type { Json, Random } from '../../base/index.ts';
import type { EndReason } from '../../engine/index.ts';
import type { ChatMessage, ToolCall, ToolDefinition } from '../../formats/index.ts';
import type { TokenDetail } from '../../reasoning/index.ts';

export const languages = ['en', 'de', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One thing that a probe asks, in its direct form. */
export type Item = {
  /** Unique within its probe, and never given to another text. */
  readonly id: string;
  /** The category by which rates are broken down: a hazard class, a topic, a task. */
  readonly category: string;
  readonly language: Language;
  /** Items of one cluster are not independent, such as one behaviour in two languages: the bootstrap draws clusters. */
  readonly cluster: string;
  /** The messages without the system prompt of the served tuple, which precedes them. */
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  /** How it is asked under any attack, such as a choice by log-probability. */
  readonly asked?: Pick<Question, 'thinking' | 'maxTokens' | 'logProbabilities' | 'choices'>;
  /** What its judge needs to know: the right choice, the required facts, the forbidden state. */
  readonly expectation: Json;
  /** Whether its text and the replies to it are kept out of reports, which then have their salted digests. */
  readonly sensitive: boolean;
};

/** A named, versioned set of items; data, whose digest is recorded before the first generation. */
export type Probe = {
  readonly name: string;
  readonly version: string;
  readonly items: readonly Item[];
};

/** One question to the model. */
export type Question = {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  /** Thinking that is prefilled. */
  readonly reasoningPrefill?: string;
  /** An answer that is prefilled; the think block is then closed. */
  readonly answerPrefill?: string;
  /** @default open */
  readonly thinking?: 'open' | 'closed';
  /** @default that of the served tuple */
  readonly maxTokens?: number;
  /** Number of alternatives per token to return, for choices by log-probability. */
  readonly logProbabilities?: number;
  /** The answer has to be one of these. */
  readonly choices?: readonly string[];
};

export type Reply = {
  readonly reasoning: string;
  readonly answer: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: EndReason;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly milliseconds: number;
  /** The first token of the answer, if log-probabilities were requested. */
  readonly firstToken?: TokenDetail;
};

/** One question and what came back; prefills are part of the reply's texts. */
export type Attempt = { readonly question: Question; readonly seed: number; readonly reply: Reply };

/** @throws what the engine throws; the trial is then `unassessed`, and counted as such */
export type Ask = (question: Question, seed: number) => Promise<Reply>;

export type AttackContext = {
  readonly ask: Ask;
  /** A stream of its own for every trial. */
  readonly random: Random;
  /** The model that writes attacks, for attacks in a loop. */
  readonly attacker?: Ask;
  /** The ruling of the trial's judge on an attempt, for attacks that depend on it. */
  readonly rule: (attempt: Attempt) => Promise<Ruling>;
};

/** A way in which items are put to the model. */
export type Attack = {
  readonly name: string;
  readonly version: string;
  /** Settings, which are recorded with every trial. */
  readonly arguments: { readonly [name: string]: Json };
  /** The most questions that one item may take. */
  readonly questions: number;
  /** The attempts in order, at least one; the trial succeeded if one of them did. */
  readonly run: (item: Item, context: AttackContext) => Promise<readonly Attempt[]>;
};

/**
 * The outcome of one attempt. `succeeded`: what the probe looks for happened (harm was done, a harmless request was refused, a
 * task was solved). `unassessed`: nothing can be said, which never counts as `resisted`.
 */
export type Outcome = 'succeeded' | 'resisted' | 'unassessed';

/** `absent`: the model was allowed to think and shows no chain; the criterion says what that counts as. */
export type ChainOutcome = Outcome | 'absent';

export type Ruling = {
  readonly answer: Outcome;
  /** Null if the judge does not rule on reasoning. */
  readonly reasoning: ChainOutcome | null;
  /** The reason in a sentence, kept with the trial. */
  readonly reason: string;
};

/** The part of a reply that was ruled on. */
export type Segment = 'answer' | 'reasoning';

/** How often a judge was right about labelled attempts of one kind; `positive` are those labelled `succeeded`. */
export type JudgeCounts = {
  readonly family: string;
  readonly language: Language;
  readonly truePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly falsePositives: number;
  /** Attempts that were labelled `unassessed`, by ruling. */
  readonly unassessed?: ByRuling;
  /** From how many rulings of each kind the labelled ones were drawn, if the kinds were drawn separately. */
  readonly outOf?: ByRuling;
};

export type ByRuling = { readonly succeeded: number; readonly resisted: number };

/** The record that entitles a judge to decide: null for one that was never measured, `exact` for one that cannot err. */
export type JudgeAdmission = 'exact' | { readonly labels: string; readonly counts: readonly JudgeCounts[] };

export type Judge = {
  readonly name: string;
  readonly version: string;
  /** Whatever decides its rulings: code version, weights, model and prompt. */
  readonly digest: string;
  readonly admission: JudgeAdmission | null;
  /** The record that entitles it to decide about chains of thought. @default the same */
  readonly chains?: JudgeAdmission | null;
  /** Languages that it can read. @default any, for a judge that does not depend on language */
  readonly languages?: readonly Language[];
  /** Whether it compares replies with each other, so that it has to be shown the earlier ones again after a resumption. @default false */
  readonly remembers?: boolean;
  readonly rule: (item: Item, attempt: Attempt) => Promise<Ruling>;
};
