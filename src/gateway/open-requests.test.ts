// How a server that is about to stop treats the requests that run.
import { expect, test } from 'vitest';
import { createOpenRequests } from './open-requests.ts';
import type { GatewayRequest } from './request.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function requestThat(aborted: unknown[]): GatewayRequest {
  return { abort: (reason: unknown) => void aborted.push(reason) } as unknown as GatewayRequest;
}

test('a drain refuses new requests and waits for the last one that runs, however often it is asked for', async () => {
  const requests = createOpenRequests();
  expect(requests.requireServing()).toBeUndefined();
  const nodes = [requests.add(requestThat([])), requests.add(requestThat([]))];
  let drained = 0;
  for (let time = 0; time < 2; time++) void requests.drain().then(() => void drained++);
  expect(() => requests.requireServing()).toThrow('shutting down');
  await nextTurn();
  requests.remove(nodes[0]!);
  await nextTurn();
  expect(drained).toBe(0);
  requests.remove(nodes[1]!);
  await nextTurn();
  expect(drained).toBe(2);
});

test('a drain is over at once where nothing runs, also where something ran before', async () => {
  const requests = createOpenRequests();
  requests.remove(requests.add(requestThat([])));
  await requests.drain();
});

test('all that run are ended for the same reason, and those that have ended are not', () => {
  const requests = createOpenRequests();
  const [aborted, ended]: [unknown[], unknown[]] = [[], []];
  for (let count = 0; count < 2; count++) requests.add(requestThat(aborted));
  requests.remove(requests.add(requestThat(ended)));
  const reason = new Error('enough');
  requests.abortAll(reason);
  expect([aborted, ended]).toEqual([[reason, reason], []]);
});
