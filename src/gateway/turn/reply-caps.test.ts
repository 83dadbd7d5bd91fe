// How a reply is cut where less room was reserved than it may take.
import { expect, test } from 'vitest';
import type { Engine, EngineCapabilities } from '../../engine/index.ts';
import { pretendAdmitted, servedBy } from '../testing.ts';
import { reasoningOf, withinCaps } from './reply-caps.ts';
import type { TurnRequest } from './turn-request.ts';

const turnWith = (change: Partial<TurnRequest> = {}): TurnRequest => ({
  ...{ model: 'm', input: { messages: [] }, stream: false, choices: 1, sampling: {}, stop: [] },
  ...{ thinking: {}, tools: [], ...change },
});

function modelWith(
  capabilities: Partial<EngineCapabilities> = { promptForm: 'tokens' },
  thinkingBudget: number | null = null,
) {
  return servedBy({ capabilities } as Engine, pretendAdmitted(undefined, { thinkingBudget }));
}

/** The limits of the turn behind the caps: all tokens, and those of thinking. */
function limitsOf(
  turn: TurnRequest,
  caps: { completion: number; reasoning: number } | undefined,
  model = modelWith(),
): unknown {
  const { maxTokens, thinking } = withinCaps(turn, model, caps);
  return [maxTokens, thinking.maxThinkingTokens];
}

test('nothing is cut where nothing was reserved', () => {
  const turn = turnWith();
  expect(withinCaps(turn, modelWith(), undefined)).toBe(turn);
});

test('all tokens are cut at the lower of what was asked for, else the model’s own limit, and the cap', () => {
  const caps = (completion: number) => ({ completion, reasoning: 10_000 });
  expect(limitsOf(turnWith(), caps(2000))).toEqual([1000, undefined]);
  expect(limitsOf(turnWith(), caps(400))).toEqual([400, undefined]);
  expect(limitsOf(turnWith({ maxTokens: 50 }), caps(400))).toEqual([50, undefined]);
});

test('thinking is cut where its cap is below its budget and below all tokens', () => {
  const caps = (reasoning: number) => ({ completion: 400, reasoning });
  expect(limitsOf(turnWith(), caps(399))).toEqual([400, 399]);
  expect(limitsOf(turnWith(), caps(400))).toEqual([400, undefined]);
  expect(limitsOf(turnWith({ maxTokens: 100 }), caps(100))).toEqual([100, undefined]);
  const thinking = { maxThinkingTokens: 60 };
  expect(limitsOf(turnWith({ thinking }), caps(59))).toEqual([400, 59]);
  expect(limitsOf(turnWith({ thinking }), caps(60))).toEqual([400, 60]);
  expect(limitsOf(turnWith({ thinking }), caps(70))).toEqual([400, 60]);
  expect(limitsOf(turnWith(), caps(20), modelWith({ promptForm: 'tokens' }, 30))).toEqual([400, 20]);
  expect(limitsOf(turnWith(), caps(40), modelWith({ promptForm: 'tokens' }, 30))).toEqual([400, undefined]);
});

test('thinking that nobody can end is cut with all tokens alone', () => {
  const caps = { completion: 400, reasoning: 10 };
  expect(limitsOf(turnWith(), caps, modelWith({ promptForm: 'messages' }))).toEqual([400, undefined]);
  expect(limitsOf(turnWith(), caps, modelWith({ promptForm: 'messages', prefill: true }))).toEqual([400, 10]);
});

test('what thinking may come to counts every choice, and nothing where only all tokens limit it', () => {
  expect(reasoningOf(turnWith({ thinking: { maxThinkingTokens: 60 } }), null, 3)).toEqual({
    reasoningTokens: 180,
  });
  expect(reasoningOf(turnWith(), 30, 2)).toEqual({ reasoningTokens: 60 });
  expect(reasoningOf(turnWith(), null, 2)).toEqual({});
});
