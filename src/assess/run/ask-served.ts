// Asks a model as it would be served: the system prompt, sampling and thinking budget of the tuple, one turn through
// `converse`. Only the question can differ from that: prefills, closed thinking, choices.
import { setTimeout as wait } from 'node:timers/promises';
import { TiegelError } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { Constraint, Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import {
  type ContentFilter,
  type ConverseRequest,
  collect,
  converse,
  type Prefill,
  type RunningTurn,
  servedTurn,
  type TokenDetail,
} from '../../reasoning/index.ts';
import type { Budget } from '../terms/budget.ts';
import type { Ask, Question } from '../terms/trial.ts';

export type AskServedOptions = {
  readonly engine: Engine;
  /** Null if a server renders the prompts. */
  readonly template: ChatTemplate | null;
  readonly serving: ServingConfiguration;
  readonly budget: Budget;
  /** If absent, the model is asked without the content filters of its served tuple. */
  readonly filters?: readonly ContentFilter[] | undefined;
  readonly clock: { readonly monotonic: () => number };
  readonly signal?: AbortSignal | undefined;
  /** Pause before the first repetition, doubled for each further one; a longer one that a server asks for is observed. @default 1000 */
  readonly pauseMs?: number;
  /** @default uses the system's timers */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
};

/** The longest pause that a server may ask for. */
const maxPauseMs = 600_000;

async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, { signal });
}

/** How often a question is asked if the fault may be transient. */
const maxTries = 3;

/**
 * An `Ask` over an engine. After transient faults it asks again, and counts them. If an engine takes no grammar, the
 * choices become a JSON schema; if it takes neither, they are left to the judge.
 *
 * Its questions throw TGL_ASSESSMENT_BUDGET_EXHAUSTED, TGL_CAPABILITY_MISSING for prefills and log-probabilities that the engine
 * does not support, TGL_PROMPT_TOO_LONG, and what the engine throws.
 */
export function askServed(options: AskServedOptions): Ask {
  const { budget, signal, pauseMs = 1000 } = options;
  return async (question, seed) => {
    for (let tried = 1; ; tried++) {
      signal?.throwIfAborted();
      budget.require();
      try {
        return await askOnce(options, question, seed);
      } catch (fault) {
        signal?.throwIfAborted();
        const passes = TiegelError.isInstance(fault) && fault.retryable;
        if (!passes || tried === maxTries) throw fault;
        const named = fault.details.retryAfterMs;
        const pause = Math.max(pauseMs * 2 ** (tried - 1), typeof named === 'number' ? named : 0);
        // Waiting hours for one question would not help: its trial fails, and can be resumed.
        if (pause > maxPauseMs) throw fault;
        budget.addRetry();
        await (options.wait ?? waitFor)(pause, signal);
      }
    }
  };
}

async function askOnce(
  { engine, template, serving, budget, filters, clock, signal }: AskServedOptions,
  question: Question,
  seed: number,
): ReturnType<Ask> {
  const start = clock.monotonic();
  const request = servedQuestion(question, seed, { engine, template, serving, filters });
  const { constraint } = request;
  const watched = watchFirstToken(converse(engine, request, signal));
  const { reasoning, answer, toolCalls, finish, usage } = await collect(watched);
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  budget.add(promptTokens, completionTokens);
  const firstToken = watched.firstToken();
  return {
    reasoning,
    answer: constraint?.type === 'json-schema' ? unquoted(answer) : answer,
    ...{ toolCalls, finish, completionTokens, reasoningTokens },
    milliseconds: Math.round(clock.monotonic() - start),
    ...(firstToken !== undefined && { firstToken }),
  };
}

/** The turn by which a question is put to the model. */
export function servedQuestion(
  question: Question,
  seed: number,
  tuple: Pick<AskServedOptions, 'engine' | 'template' | 'serving' | 'filters'>,
): ConverseRequest {
  const { messages, tools, logProbabilities, thinking, choices } = question;
  const constraint = constraintFor(choices, tuple.engine);
  const { maxTokens } = tuple.serving.sampling;
  return servedTurn(tuple, {
    messages,
    ...(thinking === 'closed' && { thinking: { enabled: false } }),
    maxTokens: Math.min(question.maxTokens ?? maxTokens, maxTokens),
    sampling: { seed },
    ...{ tools, logProbabilities, constraint, prefill: prefillOf(question) },
  });
}

function prefillOf({ reasoningPrefill, answerPrefill }: Question): Prefill | undefined {
  if (reasoningPrefill === undefined && answerPrefill === undefined) return undefined;
  return {
    ...(reasoningPrefill !== undefined && { reasoning: reasoningPrefill }),
    ...(answerPrefill !== undefined && { answer: answerPrefill }),
  };
}

function constraintFor(choices: readonly string[] | undefined, engine: Engine): Constraint | undefined {
  if (choices === undefined) return undefined;
  const { constraints } = engine.capabilities;
  if (constraints.includes('grammar')) {
    return {
      type: 'grammar',
      grammar: `root ::= ${choices.map((text) => JSON.stringify(text)).join(' | ')}`,
    };
  }
  if (constraints.includes('json-schema')) return { type: 'json-schema', schema: { enum: choices } };
  return undefined;
}

/** A choice that a JSON schema turned into a string. */
function unquoted(answer: string): string {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'string' ? value : answer;
  } catch {
    return answer;
  }
}

type Watched = {
  readonly parts: RunningTurn['parts'];
  /** The first token of the answer that is not blank. */
  readonly firstToken: () => TokenDetail | undefined;
};

function watchFirstToken({ parts }: RunningTurn): Watched {
  let first: TokenDetail | undefined;
  const watch = async function* (): Watched['parts'] {
    for await (const batch of parts) {
      for (const part of batch)
        if (part.type === 'answer-delta' && 'tokens' in part)
          first ??= part.tokens?.find(({ text }) => text.trim() !== '');
      yield batch;
    }
  };
  return { parts: watch(), firstToken: () => first };
}
