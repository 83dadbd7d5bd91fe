// The requests whose models are speaking at this moment, by id, so that their thinking can be ended from outside.

export type LiveRequest = Disposable & {
  /** Aborts when the thinking, not the request, is to end. */
  readonly endThinking: AbortSignal;
};

export type LiveRequests = {
  /**
   * @param id without prefix: `req_…`, `chatcmpl_…` and `msg_…` of one request differ in nothing else
   * @param canEnd the engine has a way to end thinking
   */
  readonly begin: (id: string, account: string, canEnd: boolean) => LiveRequest;
  /** `unknown`: the account has no such request now; `unable`: its engine cannot, and nothing was done. */
  readonly endThinking: (id: string, account: string) => 'told' | 'unknown' | 'unable';
};

type LiveTurn = { readonly account: string; readonly stop: AbortController; readonly canEnd: boolean };

export function createLiveRequests(): LiveRequests {
  const live = new Map<string, LiveTurn>();
  return {
    begin: (id, account, canEnd) => {
      const stop = new AbortController();
      live.set(id, { account, stop, canEnd });
      return { endThinking: stop.signal, [Symbol.dispose]: () => live.delete(id) };
    },
    endThinking: (id, account) => {
      const request = live.get(id);
      if (request?.account !== account) return 'unknown';
      if (!request.canEnd) return 'unable';
      request.stop.abort();
      return 'told';
    },
  };
}
