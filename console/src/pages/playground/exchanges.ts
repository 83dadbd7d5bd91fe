// What was asked on the playground and what replies, one or two beside each other; and the requests that the next question makes.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ChatCompletionMessage } from '../../../../src/wire/index.ts';
import type { ChatRequest } from '../../api/chat.ts';
import { useSignedIn } from '../../frame/session-context.ts';
import { isRunning, type Reply, startReply } from './reply.ts';
import type { TurnSettings } from './settings-panel.tsx';
import { strategyFields } from './strategy.ts';

/** One reply for each of the settings that were asked with. */
export type Exchange = { readonly question: string; readonly replies: readonly Reply[] };

export type Exchanges = {
  readonly exchanges: readonly Exchange[];
  readonly isRunning: boolean;
  readonly ask: (question: string, requests: readonly ChatRequest[]) => void;
  readonly stop: () => void;
  readonly clear: () => void;
};

/** Leaving the page ends what runs, and so does the next question. */
export function useExchanges(): Exchanges {
  const { account } = useSignedIn();
  const queries = useQueryClient();
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const [running, setRunning] = useState<readonly Reply[]>([]);
  const latest = useRef<readonly Reply[]>([]);
  const stop = (): void => stopAll(latest.current);
  useEffect(() => () => stopAll(latest.current), []);
  const ask = (question: string, requests: readonly ChatRequest[]): void => {
    stop();
    const replies = requests.map((request) => {
      const reply = startReply(request, account, () => {
        setRunning((now) => now.filter((one) => one !== reply));
        void queries.invalidateQueries({ queryKey: ['limits'] });
      });
      return reply;
    });
    latest.current = replies;
    setRunning(replies);
    setExchanges((before) => [...before, { question, replies }]);
  };
  const clear = (): void => {
    stop();
    setExchanges([]);
  };
  return { exchanges, isRunning: running.length > 0, ask, stop, clear };
}

function stopAll(replies: readonly Reply[]): void {
  for (const reply of replies) reply.stop();
}

const largestSeed = 2 ** 31;

/** What differs between two replies is what their settings differ in: without a seed of its own, each has the same fresh one. */
export function requestsOf(
  sides: readonly (TurnSettings & { readonly model: string })[],
  exchanges: readonly Exchange[],
  question: string,
): readonly ChatRequest[] {
  const fresh = (crypto.getRandomValues(new Uint32Array(1))[0] as number) % largestSeed;
  return sides.map(({ model, effort, budget, temperature, seed, strategy }, side) => ({
    model,
    messages: [...saidBefore(exchanges, side), { role: 'user' as const, content: question }],
    ...(effort !== '' && { reasoning_effort: effort }),
    ...(budget !== '' && { thinking_token_budget: Number(budget) }),
    ...strategyFields(strategy),
    ...(temperature !== '' && { temperature: Number(temperature) }),
    seed: seed === '' ? fresh : Number(seed),
  }));
}

/** Each side goes on from its own answers; where it had none yet, from the first side's. */
function saidBefore(exchanges: readonly Exchange[], side: number): readonly ChatCompletionMessage[] {
  return exchanges.flatMap(({ question, replies }): readonly ChatCompletionMessage[] => {
    const state = (replies[side] ?? replies[0])?.state();
    if (state === undefined || isRunning(state) || state.answer === '') return [];
    return [
      { role: 'user', content: question },
      { role: 'assistant', content: state.answer },
    ];
  });
}
