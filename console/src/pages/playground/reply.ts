// A reply as it arrives, kept outside React. What came in between is read at once and drawn once: most of what a token costs is that
// something is drawn at all.
import { useSyncExternalStore } from 'react';
import type { CompletionUsage, StrategyExtension } from '../../../../src/wire/index.ts';
import { type ChatRequest, endThinking, streamChat } from '../../api/chat.ts';
import { type Block, blockReader } from '../../markdown/blocks.ts';
import { withoutControls } from '../../markdown/visible.ts';

export type Phase = 'waiting' | 'thinking' | 'answering' | 'done' | 'stopped' | 'failed';

export type ReplyState = {
  readonly phase: Phase;
  readonly thinking: string;
  readonly answer: string;
  readonly blocks: readonly Block[];
  readonly thinkingTokens: number;
  /** Milliseconds that it thought, so far or in all. */
  readonly thinkingMs: number;
  readonly stoppedBy: string | null;
  readonly usage: CompletionUsage | null;
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  readonly strategy: StrategyExtension | null;
  readonly error: unknown;
};

export type Reply = {
  readonly request: ChatRequest;
  readonly subscribe: (changed: () => void) => () => void;
  readonly state: () => ReplyState;
  readonly stop: () => void;
  /** Ends the thinking alone; the answer follows. */
  readonly answerNow: () => Promise<void>;
};

/** Milliseconds until more is read. Nobody reads as fast as a model thinks; an answer is to flow. */
const paceMs = { thinking: 333, answering: 100 };

const nothing: ReplyState = {
  ...{ phase: 'waiting', thinking: '', answer: '', blocks: [], thinkingTokens: 0, thinkingMs: 0 },
  ...{ stoppedBy: null, usage: null, cost: null, strategy: null, error: null },
};

export function startReply(request: ChatRequest, account: string | undefined, onEnd: () => void): Reply {
  const listeners = new Set<() => void>();
  const cancel = new AbortController();
  let [state, id] = [nothing, ''];
  const change = (facts: Partial<ReplyState>): void => {
    state = { ...state, ...facts };
    for (const listener of listeners) listener();
  };
  const blocks = blockReader();
  const run = async (): Promise<void> => {
    const began = performance.now();
    for await (const progress of streamChat(request, {
      account,
      signal: cancel.signal,
      gatherMs: paceMs.answering,
    })) {
      id = progress.id ?? id;
      const answer = state.answer + progress.answer;
      const phase = answer === '' ? 'thinking' : 'answering';
      change({
        phase,
        thinking: state.thinking + withoutControls(progress.thinking),
        answer,
        ...(progress.answer !== '' && { blocks: blocks.push(progress.answer) }),
        thinkingTokens: state.thinkingTokens + progress.thinkingTokens,
        ...(phase === 'thinking' && { thinkingMs: performance.now() - began }),
        stoppedBy: progress.stoppedBy ?? state.stoppedBy,
        usage: progress.usage ?? state.usage,
        cost: progress.cost ?? state.cost,
        strategy: progress.strategy ?? state.strategy,
      });
      await new Promise((resolve) => setTimeout(resolve, paceMs[phase]));
    }
  };
  run()
    .then(
      () => change({ phase: 'done', blocks: blocks.end() }),
      (error: unknown) => {
        const how = cancel.signal.aborted
          ? ({ phase: 'stopped' } as const)
          : { phase: 'failed' as const, error };
        change({ ...how, blocks: blocks.end() });
      },
    )
    .finally(onEnd);
  return {
    request,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    state: () => state,
    stop: () => cancel.abort(),
    answerNow: () => endThinking(id, account),
  };
}

/** What a component shows of a reply: it is rendered again when that is another value, not when anything else arrives. */
export function useReply<Value>(reply: Reply, shown: (state: ReplyState) => Value): Value {
  return useSyncExternalStore(reply.subscribe, () => shown(reply.state()));
}

export function isRunning({ phase }: Pick<ReplyState, 'phase'>): boolean {
  return phase === 'waiting' || phase === 'thinking' || phase === 'answering';
}
