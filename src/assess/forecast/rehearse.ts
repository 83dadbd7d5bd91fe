// Attacks carried out without a model: what they would ask, how many tokens their prompts have, and what the engine or its
// context would refuse, found by the same composition of turns as that of real trials.
import { seededRandom, TiegelError } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import { countPromptTokens, promptOfTurn } from '../../reasoning/index.ts';
import type { Cell, Trial } from '../plan/trial-plan.ts';
import { type AskServedOptions, servedQuestion } from '../run/ask-served.ts';
import type { Ask, Question, Reply } from '../terms/trial.ts';

/** What one trial of a cell comes to, on average over those that were rehearsed. */
export type Rehearsal = {
  readonly questions: number;
  readonly promptTokens: number;
  /** Limits of completion tokens, one for each question of all rehearsed trials. */
  readonly limits: readonly number[];
  readonly trials: number;
  /** Why the engine takes none of its questions. */
  readonly refused: string | null;
  /** The question with the longest prompt; null where none is taken. */
  readonly longest: Rehearsed | null;
};

type Rehearsed = { readonly question: Question; readonly promptTokens: number; readonly limit: number };

export type RehearsalOptions = Pick<AskServedOptions, 'engine' | 'template' | 'serving' | 'signal'>;

/** Trials of each cell that are rehearsed, spread over them. */
const samples = 3;
/** Of servers, whose tokens cannot be counted here. */
const charactersPerToken = 3;

export async function rehearse(
  trials: readonly Trial[],
  options: RehearsalOptions,
): Promise<ReadonlyMap<Cell, Rehearsal>> {
  const byCell = [...Map.groupBy(trials, ({ cell }) => cell)];
  const rehearsals = new Map<Cell, Rehearsal>();
  for (const [cell, made] of byCell) {
    const chosen = Array.from({ length: Math.min(samples, made.length) }, (_, index) =>
      Math.floor((index * made.length) / samples),
    );
    const rehearsed: Asked[] = [];
    for (const index of new Set(chosen)) rehearsed.push(await rehearseTrial(made[index] as Trial, options));
    rehearsals.set(cell, meanOf(rehearsed));
  }
  return rehearsals;
}

/** Completion tokens of a trial if an unlimited reply has so many. */
export function completionTokens({ limits, trials }: Rehearsal, replyTokens: number): number {
  return limits.reduce((sum, limit) => sum + Math.min(limit, replyTokens), 0) / trials;
}

/** The longest of all questions. */
export function longestQuestion(rehearsals: Iterable<Rehearsal>): Question | null {
  const longest = [...rehearsals].flatMap((one) => one.longest ?? []);
  return longest.toSorted((one, other) => other.promptTokens - one.promptTokens)[0]?.question ?? null;
}

type Asked = { readonly asked: readonly Rehearsed[]; readonly refused?: string };

/** A trial as if nobody complied, so that attacks that go on until somebody does ask all they may. */
async function rehearseTrial({ cell, item, seed }: Trial, options: RehearsalOptions): Promise<Asked> {
  const asked: Rehearsed[] = [];
  const ask: Ask = async (question, questionSeed) => {
    const limit = question.maxTokens ?? options.serving.sampling.maxTokens;
    asked.push({ question, promptTokens: await promptTokens(question, questionSeed, options), limit });
    return nothing;
  };
  const attacker: Ask = async () => ({ ...nothing, answer: '{"message": "Please."}' });
  const rule = async () => ({ answer: 'resisted', reasoning: null, reason: '' }) as const;
  try {
    await cell.attack.run(item, { ask, attacker, random: seededRandom(seed), rule });
    return { asked };
  } catch (fault) {
    options.signal?.throwIfAborted();
    if (!TiegelError.isInstance(fault)) throw fault;
    return { asked, refused: fault.message };
  }
}

const nothing: Reply = {
  ...{ reasoning: '', answer: '', toolCalls: [], finish: 'stop' as const },
  ...{ completionTokens: 0, reasoningTokens: 0, milliseconds: 0 },
};

async function promptTokens(
  question: Question,
  seed: number,
  { engine, template, serving, signal }: RehearsalOptions,
): Promise<number> {
  const request = servedQuestion(question, seed, { engine, template, serving });
  const { contextLength, logProbabilities } = engine.capabilities;
  if (question.logProbabilities !== undefined && logProbabilities === 'none')
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature: 'log-probabilities' });
  const tokens = await countOrEstimate(engine, request, signal);
  if (tokens >= contextLength)
    throw new TiegelError('TGL_PROMPT_TOO_LONG', {
      ...{ received: tokens, model: engine.model, limit: contextLength },
    });
  return tokens;
}

async function countOrEstimate(
  engine: Engine,
  request: ReturnType<typeof servedQuestion>,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (engine.capabilities.promptForm === 'tokens') return countPromptTokens(engine, request, signal);
  // Planning the turn says what the server cannot do.
  await promptOfTurn(engine, request);
  const characters = request.messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(characters / charactersPerToken);
}

function meanOf(trials: readonly Asked[]): Rehearsal {
  const refused = trials.every((one) => one.refused !== undefined) ? (trials[0]?.refused ?? null) : null;
  const asked = trials.flatMap((one) => one.asked);
  return {
    questions: asked.length / trials.length,
    promptTokens: asked.reduce((sum, { promptTokens }) => sum + promptTokens, 0) / trials.length,
    limits: asked.map(({ limit }) => limit),
    trials: trials.length,
    refused,
    longest: asked.toSorted((one, other) => other.promptTokens - one.promptTokens)[0] ?? null,
  };
}
