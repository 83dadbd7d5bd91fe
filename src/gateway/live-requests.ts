// The requests whose models are speaking at this moment, by id, so that their thinking can be ended from outside.

export type LiveRequest = Disposable & {
  /** Aborts when the thinking, not the request, is to end. */
  readonly endThinking: AbortSignal;
};

export type LiveRequests = {
  /** @param id without prefix: `req_…`, `chatcmpl_…` and `msg_…` of one request differ in nothing else */
  readonly begin: (id: string, account: string) => LiveRequest;
  /** False where the account has no such request now. */
  readonly endThinking: (id: string, account: string) => boolean;
};

export function createLiveRequests(): LiveRequests {
  const live = new Map<string, { readonly account: string; readonly stop: AbortController }>();
  return {
    begin: (id, account) => {
      const stop = new AbortController();
      live.set(id, { account, stop });
      return { endThinking: stop.signal, [Symbol.dispose]: () => live.delete(id) };
    },
    endThinking: (id, account) => {
      const request = live.get(id);
      if (request?.account !== account) return false;
      request.stop.abort();
      return true;
    },
  };
}
