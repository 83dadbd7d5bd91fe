// reasoning: turns an engine's tokens into reasoning and answer.
export { type Conversation, collect, converse, type RunningTurn } from './converse.ts';
export type { ContentFilter } from './filter/content-filter.ts';
export { readContentFilter } from './filter/phrase-filter.ts';
export type {
  ConverseEnd,
  ConverseRequest,
  Prefill,
  StreamPart,
  ThinkingReport,
  TokenDetail,
} from './parts.ts';
export { type ServedTuple, servedTurn, type TurnQuestion } from './served-turn.ts';
export { type AnswerFrom, answerKey } from './strategy/answer-key.ts';
export type {
  Drawing,
  Drawn,
  DrawSample,
} from './strategy/draw-samples.ts';
export { type EarlyExit, earlyTurn, type ProbedStrategy } from './strategy/early-turn.ts';
export { confidenceOf, type ExitRule, hesitates, mayExit, type ProbedAnswer } from './strategy/exit-rule.ts';
export { answerTokensOf } from './strategy/sample-parts.ts';
export {
  type SampledStrategy,
  type SampledTurn,
  type SampleReport,
  type StrategyReport,
  sampledTurn,
  type TierReport,
} from './strategy/sampled-turn.ts';
export { createSlipWatch, thinkingSureness } from './strategy/slip-watch.ts';
export type { StoppingRule } from './strategy/stopping-rule.ts';
export { type Acceptor, type BreakOff, describeStrategy, type Strategy } from './strategy/strategy.ts';
export type { Verdict } from './strategy/verify.ts';
export { playVote, type VoteOutcome, vote } from './strategy/vote.ts';
export { type Effort, efforts, type ThinkingOptions, thinkingRequestOf } from './thinking-request.ts';
export { countPromptTokens, promptOfTurn } from './turn-prompt.ts';
