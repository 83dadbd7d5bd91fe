// Asks a model for one reply and keeps what strategies need to know of it: what it votes for, how sure the model was, and where its
// thinking stood after how many tokens.
import type { Engine } from '../../engine/index.ts';
import {
  answerKey,
  answerTokensOf,
  type ConverseRequest,
  confidenceOf,
  converse,
  type StreamPart,
  thinkingSureness,
} from '../../reasoning/index.ts';
import type { TokenUsage } from '../../traffic/index.ts';
import type { MeterTask } from '../tasks/own-tasks.ts';
import type { PooledSample } from './pool.ts';

/** How far the thinking was: its tokens, and the length of its text. */
export type ThinkingMark = { readonly tokens: number; readonly length: number };

export type DrawnReply = {
  readonly sample: PooledSample;
  readonly usage: TokenUsage;
  readonly answer: string;
  readonly reasoning: string;
  readonly marks: readonly ThinkingMark[];
  /** It came to its end. */
  readonly isWhole: boolean;
};

/**
 * @param likelihoods asks how sure the model is of its tokens
 * @throws what asking the model does, and the reason of the signal
 */
export async function drawReply(
  engine: Engine,
  request: ConverseRequest,
  {
    task,
    likelihoods,
    signal,
  }: { readonly task: MeterTask; readonly likelihoods: boolean; readonly signal: AbortSignal },
): Promise<DrawnReply> {
  const asked = likelihoods ? { ...request, logProbabilities: request.logProbabilities ?? 0 } : request;
  const turn = converse(engine, asked, signal);
  const parts: StreamPart[] = [];
  const marks: ThinkingMark[] = [];
  let [reasoning, answer, finish] = ['', '', ''];
  for await (const batch of turn.parts) {
    for (const part of batch) {
      parts.push(part);
      if (part.type === 'reasoning-delta') reasoning += part.text;
      else if (part.type === 'answer-delta') answer += part.text;
      else if (part.type === 'end') finish = part.finish;
    }
    if (answer === '') marks.push({ tokens: turn.usage().reasoningTokens, length: reasoning.length });
  }
  const usage = turn.usage();
  const isWhole = finish === 'stop';
  const sample: PooledSample = {
    key: isWhole || task.votesBy.type === 'boxed' ? answerKey(answer, task.votesBy) : null,
    correct: task.isRight(answer),
    ...{ tokens: usage.completionTokens, thought: usage.reasoningTokens },
    ...(likelihoods && {
      confidence: confidenceOf(answerTokensOf(parts)),
      sureness: thinkingSureness(parts),
    }),
  };
  return { sample, usage, answer, reasoning, marks, isWhole };
}
