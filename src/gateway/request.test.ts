// What is known of a request while it runs, what its usage comes to, and how its end is called.
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { manualClock, TiegelError } from '../base/index.ts';
import type { ChoiceRecord, TokenUsage } from '../traffic/index.ts';
import type { Grant } from './access/gate.ts';
import { carryRequest, clientGone, GatewayRequest, outcomeOf, requestOf } from './request.ts';

function requestWith({ destroyed = false } = {}) {
  const socket = Object.assign(new EventEmitter(), { destroyed });
  const clock = manualClock(1000);
  const raw = { socket } as unknown as IncomingMessage;
  return { socket, clock, raw, request: new GatewayRequest('req_1', raw, {} as ServerResponse, clock) };
}

const used = (prompt: number, cached: number, completion: number, reasoning: number): TokenUsage => ({
  ...{ promptTokens: prompt, cachedPromptTokens: cached },
  ...{ completionTokens: completion, reasoningTokens: reasoning },
});

const choicesOf =
  (...usages: readonly TokenUsage[]) =>
  (): readonly ChoiceRecord[] =>
    usages.map((usage) => ({ finish: null, usage }));

describe('the signal of a request', () => {
  test('aborts when its client hangs up, and no more once it is watched no longer', () => {
    const [gone, closed] = [requestWith(), requestWith()];
    expect([gone.request.signal.aborted, closed.request.signal.aborted]).toEqual([false, false]);
    closed.request.close();
    for (const { socket } of [gone, closed]) socket.emit('close');
    expect([gone.request.signal.reason, closed.request.signal.aborted]).toEqual([clientGone, false]);
    expect(closed.socket.listenerCount('close')).toBe(0);
  });

  test('has aborted where the client had gone before anybody asked for it', () => {
    expect(requestWith({ destroyed: true }).request.signal.reason).toBe(clientGone);
  });

  test('aborts for the reason that is given, and is always the same', () => {
    const { request } = requestWith();
    const { signal } = request;
    const reason = new Error('enough');
    request.abort(reason);
    expect([request.signal === signal, signal.reason]).toEqual([true, reason]);
  });
});

describe('the usage of a request', () => {
  const usageOf = (choicesOfPrompt: number, ...usages: readonly TokenUsage[]): TokenUsage => {
    const { request } = requestWith();
    request.choicesOfPrompt = choicesOfPrompt;
    request.askForChoices(choicesOf(...usages));
    expect(request.record({ type: 'finished' }).usage).toEqual(request.usage());
    return request.usage();
  };

  test('is nothing before there are choices, and that of its only one', () => {
    expect(usageOf(1)).toEqual(used(0, 0, 0, 0));
    expect(usageOf(1, used(10, 4, 3, 1))).toEqual(used(10, 4, 3, 1));
  });

  test('counts a prompt once for the choices that share it, as the first that read it found it', () => {
    expect(usageOf(2, used(10, 4, 3, 1), used(10, 9, 5, 2))).toEqual(used(10, 4, 8, 3));
    expect(usageOf(1, used(10, 4, 3, 1), used(20, 9, 5, 2))).toEqual(used(30, 13, 8, 3));
    expect(usageOf(2, used(10, 1, 1, 0), used(10, 1, 1, 0), used(7, 2, 1, 0), used(7, 7, 1, 0))).toEqual(
      used(17, 3, 4, 0),
    );
    // The first of them was broken off before it read its prompt.
    expect(usageOf(2, used(0, 0, 0, 0), used(10, 4, 3, 1))).toEqual(used(10, 4, 3, 1));
  });
});

test('the record has what is known by then, and how long it took', () => {
  const { request, clock } = requestWith();
  Object.assign(request, { route: '/r', dialect: 'd', firstTokenMs: 5, policyVersion: 3 });
  request.model = { name: 'm', admissionKey: 'k' };
  clock.advance(250);
  expect(request.elapsed()).toBe(250);
  expect(request.record({ type: 'finished' })).toMatchObject({
    ...{ requestId: 'req_1', principal: null, model: 'm', admissionKey: 'k', places: [], policyVersion: 3 },
    ...{ route: '/r', dialect: 'd', choices: [], arrived: 1000, durationMs: 250 },
    ...{ firstTokenMs: 5, firstAnswerMs: null, waitedMs: null },
  });
  expect(requestWith().request.record({ type: 'finished' })).toMatchObject({
    model: null,
    admissionKey: null,
  });
});

describe('an end with an error', () => {
  const ended = (
    error: unknown,
    { granted = true, firstTokenMs = null as number | null, completion = 0 } = {},
  ): unknown => {
    const { request } = requestWith();
    if (granted) request.grant = {} as Grant;
    request.firstTokenMs = firstTokenMs;
    request.askForChoices(choicesOf(used(9, 0, completion, 0)));
    return outcomeOf(error, request);
  };
  const refusal = new TiegelError('TGL_REQUEST_INVALID', { problem: 'p' });
  const fault = new TiegelError('TGL_DRAINING');

  test('is that of a client that went', () => {
    expect(ended(clientGone)).toEqual({ type: 'client-gone' });
  });

  test('is a refusal before the gate, and behind it for a fault of the request that gave nothing', () => {
    for (const error of [refusal, fault])
      expect(ended(error, { granted: false })).toEqual({ type: 'refused', code: error.code });
    expect(ended(new Error('x'), { granted: false })).toEqual({ type: 'refused', code: 'TGL_INTERNAL' });
    expect(ended(refusal)).toEqual({ type: 'refused', code: 'TGL_REQUEST_INVALID' });
  });

  test('is else a failure', () => {
    expect(ended(fault)).toEqual({ type: 'failed', code: 'TGL_DRAINING' });
    expect(ended(new Error('x'))).toEqual({ type: 'failed', code: 'TGL_INTERNAL' });
    expect(ended(refusal, { firstTokenMs: 0 })).toEqual({ type: 'failed', code: 'TGL_REQUEST_INVALID' });
    expect(ended(refusal, { completion: 1 })).toEqual({ type: 'failed', code: 'TGL_REQUEST_INVALID' });
  });
});

test('handlers find a request by the raw one that carries it, and none that came past the server', () => {
  const { request, raw } = requestWith();
  expect(() => requestOf(raw)).toThrow('did not come by the server');
  carryRequest(request);
  expect(requestOf(raw)).toBe(request);
});
