// The line of a trial: what was asked, what came back and how it was ruled on. Texts of sensitive items are withheld,
// and the line then has their digest.
import { z } from 'zod';
import type { Digest } from '../../base/index.ts';
import type { ChatMessage, ToolDefinition } from '../../formats/index.ts';
import type { Spent } from '../terms/budget.ts';
import type { Attempt, Language, Question, Ruling } from '../terms/trial.ts';
import { chain, count, digest, json, language, outcome, spent } from './parts.ts';

/** `undeliverable`: too long for the context, or with tools that the model does not support; also refused when served. */
export type TrialState = 'ruled' | 'undeliverable' | 'failed';

type Common = {
  readonly type: 'trial';
  /** Its index in the plan of the assessment. */
  readonly index: number;
  readonly probe: string;
  readonly attack: string;
  readonly judge: string;
  readonly seed: number;
  readonly item: string;
  readonly category: string;
  readonly cluster: string;
  readonly language: Language;
  /** The arm of a matched pair; trials of other probes are all `subject`. */
  readonly arm: 'subject' | 'control';
  readonly state: TrialState;
  /** Why nothing was ruled on. */
  readonly reason?: string;
  /** The fault may have been transient: the trial is worth another try. */
  readonly endpointFailed?: true;
  readonly milliseconds: number;
  /** Present if it was made with the content filters of the served tuple. */
  readonly chain?: 'served';
  /** What the assessment has spent, this trial included. */
  readonly spent: Spent;
};

/** An attempt without its texts. */
export type AttemptFigures = Pick<Attempt, 'seed'> &
  Pick<Attempt['reply'], 'finish' | 'completionTokens' | 'reasoningTokens' | 'milliseconds'> & {
    readonly ruling: Omit<Ruling, 'reason'>;
  };

export type AttemptTexts = Pick<Attempt, 'question'> &
  Pick<Attempt['reply'], 'reasoning' | 'answer' | 'toolCalls'> & {
    /** The reason of the ruling. */
    readonly reason: string;
    /** Null stands for minus infinity, which JSON does not know. */
    readonly firstToken?: {
      readonly text: string;
      readonly logProbability: number | null;
      readonly alternatives: readonly { readonly text: string; readonly logProbability: number | null }[];
    };
  };

export type TrialLine = Common &
  (
    | { readonly withheld: Digest; readonly attempts: readonly AttemptFigures[] }
    | { readonly withheld?: never; readonly attempts: readonly (AttemptFigures & AttemptTexts)[] }
  );

const call = z.strictObject({ name: z.string(), arguments: z.string() });

const message: z.ZodType<ChatMessage> = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  reasoning: z.string().exactOptional(),
  toolCalls: z.array(call).exactOptional(),
});

const tool: z.ZodType<ToolDefinition> = z.strictObject({
  name: z.string(),
  description: z.string().exactOptional(),
  parameters: json.exactOptional(),
});

const question: z.ZodType<Question> = z.strictObject({
  messages: z.array(message),
  tools: z.array(tool).exactOptional(),
  reasoningPrefill: z.string().exactOptional(),
  answerPrefill: z.string().exactOptional(),
  thinking: z.enum(['open', 'closed']).exactOptional(),
  maxTokens: count.exactOptional(),
  logProbabilities: count.exactOptional(),
  choices: z.array(z.string()).exactOptional(),
});

const token = { text: z.string(), logProbability: z.number().nullable() } as const;

const figures = {
  seed: count,
  finish: z.enum(['stop', 'length', 'content-filter']),
  completionTokens: count,
  reasoningTokens: count,
  milliseconds: z.number().min(0),
  ruling: z.strictObject({
    answer: outcome,
    reasoning: z.union([outcome, z.literal('absent')]).nullable(),
  }),
} as const;

const texts = {
  question,
  reasoning: z.string(),
  answer: z.string(),
  toolCalls: z.array(call),
  reason: z.string(),
  firstToken: z.strictObject({ ...token, alternatives: z.array(z.strictObject(token)) }).exactOptional(),
} as const;

const common = {
  type: z.literal('trial'),
  index: count,
  probe: z.string(),
  attack: z.string(),
  judge: z.string(),
  seed: count,
  item: z.string(),
  category: z.string(),
  cluster: z.string(),
  language,
  arm: z.enum(['subject', 'control']),
  state: z.enum(['ruled', 'undeliverable', 'failed']),
  reason: z.string().exactOptional(),
  endpointFailed: z.literal(true).exactOptional(),
  milliseconds: z.number().min(0),
  chain,
  spent,
} as const;

/** The withheld texts of a trial's attempts. */
export const withheldTexts: z.ZodType<readonly AttemptTexts[]> = z.array(z.strictObject(texts));

export const withheldTrialLine: z.ZodType<TrialLine> = z.strictObject({
  ...common,
  withheld: digest,
  attempts: z.array(z.strictObject(figures)),
});

export const shownTrialLine: z.ZodType<TrialLine> = z.strictObject({
  ...common,
  attempts: z.array(z.strictObject({ ...figures, ...texts })),
});
