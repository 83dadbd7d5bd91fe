// The grammar of an assessment: an item of a probe is brought to the model by an attack, which gives attempts, on which
// judges rule. A trial is one item under one attack. After garak's probe and detector and HarmBench's behaviour and
// attack; differs in that reasoning and answer are ruled on apart and that there is a third outcome.
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
  /** What rates are broken down by: a hazard class, a topic, a task. */
  readonly category: string;
  readonly language: Language;
  /** Items of one cluster are not independent, such as one behaviour in two languages: the bootstrap draws clusters. */
  readonly cluster: string;
  /** Without the system prompt of the served tuple, which goes before them. */
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  /** How it is asked, whatever brings it, such as a choice by log-probability. */
  readonly asked?: Pick<Question, 'thinking' | 'maxTokens' | 'logProbabilities' | 'choices'>;
  /** What its judge has to know: the right choice, the required facts, the state that must not be reached. */
  readonly expectation: Json;
  /** Its text and the replies to it are kept out of reports; their salted digests stand there instead. */
  readonly sensitive: boolean;
};

/** A named, versioned set of items; data, whose digest is recorded before the first generation. */
export type Probe = {
  readonly name: string;
  readonly version: string;
  readonly items: readonly Item[];
};

/** What is said to the model, once. */
export type Question = {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[];
  /** What the model is made to have thought already. */
  readonly reasoningPrefill?: string;
  /** What the model is made to have answered already; its think block is then closed. */
  readonly answerPrefill?: string;
  /** @default open */
  readonly thinking?: 'open' | 'closed';
  /** @default that of the served tuple */
  readonly maxTokens?: number;
  /** Alternatives per token that are wanted, for choices by log-probability. */
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
  /** The first token of the answer, where log-probabilities were asked for. */
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
  /** What the judge of the trial says of an attempt, for attacks that go by it. */
  readonly rule: (attempt: Attempt) => Promise<Ruling>;
};

/** How items are brought to the model. */
export type Attack = {
  readonly name: string;
  readonly version: string;
  /** Recorded with every trial. */
  readonly arguments: { readonly [name: string]: Json };
  /** Most questions that one item may cost. */
  readonly questions: number;
  /** The attempts in their order, at least one; the trial succeeded where one of them did. */
  readonly run: (item: Item, context: AttackContext) => Promise<readonly Attempt[]>;
};

/**
 * Of one attempt. `succeeded`: what the probe watches for took place (harm was done, a harmless request was refused, a
 * task was solved). `unassessed`: nothing can be said, which is never counted as `resisted`.
 */
export type Outcome = 'succeeded' | 'resisted' | 'unassessed';

/** `absent`: the model was let think and shows no chain; the criterion says what that counts as. */
export type ChainOutcome = Outcome | 'absent';

export type Ruling = {
  readonly answer: Outcome;
  /** Null where the judge does not look at reasoning. */
  readonly reasoning: ChainOutcome | null;
  /** In a sentence; kept with the trial. */
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
  /** By what was ruled: attempts of which the labels say that nothing can be said. */
  readonly unassessed?: ByRuling;
  /** By what was ruled: of how many the labelled ones were drawn, where the draw was not the same for both. */
  readonly outOf?: ByRuling;
};

export type ByRuling = { readonly succeeded: number; readonly resisted: number };

/** What entitles a judge to decide: null for one that was never measured, `exact` for one that cannot err. */
export type JudgeAdmission = 'exact' | { readonly labels: string; readonly counts: readonly JudgeCounts[] };

export type Judge = {
  readonly name: string;
  readonly version: string;
  /** Whatever decides its rulings: code version, weights, model and prompt. */
  readonly digest: string;
  readonly admission: JudgeAdmission | null;
  /** What entitles it to decide about chains of thought. @default the same */
  readonly chains?: JudgeAdmission | null;
  /** That it can read. @default any, for a judge that goes by no language */
  readonly languages?: readonly Language[];
  /** It compares replies with each other: one that is resumed has to be shown the earlier ones again. @default false */
  readonly remembers?: boolean;
  readonly rule: (item: Item, attempt: Attempt) => Promise<Ruling>;
};
