// Who is told of requests while they run and when they have ended. Observers are synchronous; none of them may throw, or
// keep a text after it has returned.
import type { Principal } from './principal.ts';
import type { RequestRecord } from './request-record.ts';
import type { TokenUsage } from './token-usage.ts';

export type ObservedRequest = {
  readonly id: string;
  readonly principal: Principal;
  readonly route: string;
  readonly dialect: string;
};

export type ObservedModel = { readonly name: string; readonly admissionKey: string };

export type ObservedMessage = { readonly role: string; readonly content: string };

/** The parts of a turn, as far as an observer reads them. */
export type ObservedPart =
  | { readonly type: 'reasoning-start' | 'reasoning-end' | 'answer-start' | 'answer-end' }
  | { readonly type: 'reasoning-delta' | 'answer-delta'; readonly text: string }
  | { readonly type: 'tool-call'; readonly name: string; readonly arguments: string }
  | { readonly type: 'end'; readonly finish: string; readonly usage: TokenUsage };

export type RequestObserver = {
  /** It passed the gate. A text to be continued or embedded counts as a message of the user. */
  readonly began?: (
    request: ObservedRequest,
    model: ObservedModel,
    messages: readonly ObservedMessage[],
  ) => void;
  /** What one choice of it gave, whether or not its client is sent it in pieces. */
  readonly parts?: (request: ObservedRequest, choice: number, parts: readonly ObservedPart[]) => void;
  /** Exactly once for each request that came to a route of inference, refused ones included. */
  readonly ended?: (record: RequestRecord) => void;
  /** Of each tier of such a request that asked a model of its own. */
  readonly tierEnded?: (record: RequestRecord) => void;
};

/** One observer that tells all of them, in this order. What none of them listens to is left out, so that it costs nothing. */
export function combineObservers(observers: readonly RequestObserver[]): RequestObserver {
  const began = observers.flatMap((observer) => observer.began ?? []);
  const parts = observers.flatMap((observer) => observer.parts ?? []);
  const ended = observers.flatMap((observer) => observer.ended ?? []);
  const tierEnded = observers.flatMap((observer) => observer.tierEnded ?? []);
  return {
    ...(began.length > 0 && {
      began: (request, model, messages) => {
        for (const tell of began) tell(request, model, messages);
      },
    }),
    ...(parts.length > 0 && {
      parts: (request, choice, given) => {
        for (const tell of parts) tell(request, choice, given);
      },
    }),
    ...(ended.length > 0 && {
      ended: (record) => {
        for (const tell of ended) tell(record);
      },
    }),
    ...(tierEnded.length > 0 && {
      tierEnded: (record) => {
        for (const tell of tierEnded) tell(record);
      },
    }),
  };
}
