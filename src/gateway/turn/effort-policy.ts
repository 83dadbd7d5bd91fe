// What an operator found to pay for a model at a level of effort, in the place of what a request leaves open. The gateway asks for it and
// tells how each reply went; where calibrations come from is not its business.
import type { ConverseEnd, Effort } from '../../reasoning/index.ts';
import type { TurnRequest, TurnStrategy } from './turn-request.ts';

export type EffortPolicy = {
  /** Undefined: one reply. */
  readonly strategy: TurnStrategy | undefined;
  /** What it was calibrated with. */
  readonly temperature: number;
  /** Tokens of thinking; undefined for what the level stands for. */
  readonly maxThinkingTokens: number | undefined;
  /** Told of every reply that it was used for. */
  readonly note: (end: Pick<ConverseEnd, 'strategy' | 'thinking'>) => void;
};

/** @param question the last message of the user */
export type EffortPolicies = (model: string, effort: Effort, question: string) => EffortPolicy | undefined;

/**
 * The turn with what the policy of its effort says. A request that says more of its own than the level, such as a strategy, a
 * temperature, a number of tokens or several choices, gets what it says.
 */
export function withEffortPolicy(turn: TurnRequest, policies: EffortPolicies | undefined): TurnRequest {
  if (policies === undefined) return turn;
  const { effort, maxThinkingTokens, enabled } = turn.thinking;
  if (effort === undefined || effort === 'none' || maxThinkingTokens !== undefined || enabled === false)
    return turn;
  const { input, strategy, choices, sampling, prefill } = turn;
  if (strategy !== undefined || choices > 1 || sampling.temperature !== undefined) return turn;
  if (prefill !== undefined || 'texts' in input) return turn;
  const question = input.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const policy = policies(turn.model, effort, question);
  if (policy === undefined) return turn;
  const { temperature, maxThinkingTokens: most } = policy;
  return {
    ...turn,
    policy,
    strategy: policy.strategy,
    sampling: { ...sampling, temperature },
    thinking: most === undefined ? turn.thinking : { ...turn.thinking, maxThinkingTokens: most },
  };
}
