// Passes the reason of a signal that outlives requests on to those that run under it. Each signal has one listener, however
// many requests follow it: an EventTarget looks through all of its listeners whenever one comes or goes.
import { createLinkedList, type LinkedList } from '../../base/index.ts';

export type Follower = { readonly abort: (reason: unknown) => void };

export type SignalFollowers = {
  /** Aborts the follower once the signal does, at once where it has, until disposed of. */
  readonly follow: (signal: AbortSignal | undefined, follower: Follower) => Disposable;
};

const nothing: Disposable = { [Symbol.dispose]: () => {} };

export function createSignalFollowers(): SignalFollowers {
  const followersOf = new WeakMap<AbortSignal, LinkedList<Follower>>();

  const open = (signal: AbortSignal): LinkedList<Follower> => {
    const followers = createLinkedList<Follower>();
    followersOf.set(signal, followers);
    const tell = (): void => {
      followers.forEach((follower) => void follower.abort(signal.reason));
    };
    signal.addEventListener('abort', tell, { once: true });
    return followers;
  };

  return {
    follow: (signal, follower) => {
      if (signal === undefined) return nothing;
      if (signal.aborted) {
        follower.abort(signal.reason);
        return nothing;
      }
      const followers = followersOf.get(signal) ?? open(signal);
      const node = followers.add(follower);
      const leave = (): void => void followers.remove(node);
      return { [Symbol.dispose]: leave };
    },
  };
}
