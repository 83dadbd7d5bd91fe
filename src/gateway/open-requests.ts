// The requests to models that have not ended, so that a server that stops can refuse new ones, wait for these, and end them.
import { createLinkedList, type ListNode, TiegelError } from '../base/index.ts';
import type { GatewayRequest } from './request.ts';

export type OpenRequests = {
  readonly add: (request: GatewayRequest) => ListNode<GatewayRequest>;
  readonly remove: (open: ListNode<GatewayRequest>) => void;
  /** @throws TGL_DRAINING once the server is about to stop */
  readonly requireServing: () => undefined;
  /** Refuses new requests from now on; resolves when the last open one has ended. */
  readonly drain: () => Promise<void>;
  readonly abortAll: (reason: Error) => void;
};

export function createOpenRequests(): OpenRequests {
  const open = createLinkedList<GatewayRequest>();
  const waitingForNone: (() => void)[] = [];
  let draining = false;
  return {
    add: open.add,
    remove: (node) => {
      open.remove(node);
      if (draining && open.size() === 0) for (const resolve of waitingForNone.splice(0)) resolve();
    },
    requireServing: () => {
      if (draining) throw new TiegelError('TGL_DRAINING');
    },
    drain: async () => {
      draining = true;
      if (open.size() > 0) await new Promise<void>((resolve) => waitingForNone.push(resolve));
    },
    abortAll: (reason) => {
      open.forEach((request) => void request.abort(reason));
    },
  };
}
