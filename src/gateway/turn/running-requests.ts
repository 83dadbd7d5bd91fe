// The requests whose models reply at this moment, by id, so that their thinking can be ended from outside.
import { createShortLivedMap } from '../../base/index.ts';

export type RunningRequest = Disposable & {
  /** Aborts when the thinking, not the request, is to end. */
  readonly endThinking: AbortSignal;
};

export type RunningRequests = {
  /**
   * @param id without prefix: `req_…`, `chatcmpl_…` and `msg_…` of one request differ in nothing else
   * @param canEnd the engine has a way to end thinking
   */
  readonly begin: (id: string, account: string, canEnd: boolean) => RunningRequest;
  /** `unknown`: the account has no such request now; `unable`: its engine cannot, and nothing was done. */
  readonly endThinking: (id: string, account: string) => 'told' | 'unknown' | 'unable';
};

type Entry = { readonly account: string; readonly stop: AbortController; readonly canEnd: boolean };

export function createRunningRequests(): RunningRequests {
  const running = createShortLivedMap<string, Entry>();
  return {
    begin: (id, account, canEnd) => {
      const stop = new AbortController();
      running.set(id, { account, stop, canEnd });
      const leave = (): void => void running.take(id);
      return { endThinking: stop.signal, [Symbol.dispose]: leave };
    },
    endThinking: (id, account) => {
      const request = running.get(id);
      if (request?.account !== account) return 'unknown';
      if (!request.canEnd) return 'unable';
      request.stop.abort();
      return 'told';
    },
  };
}
