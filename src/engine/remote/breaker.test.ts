// Which outcomes count against a replica, against a model of the breaker: whatever people ask for, and whatever a server
// says about that, only faults of the server itself make it rest.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock, TiegelError } from '../../base/index.ts';
import type { Outbound, OutboundResponse } from '../../outbound/index.ts';
import { dataEvent, delta, done, question } from './fixture.ts';
import { createRemoteEngine } from './remote-engine.ts';
import { defaultReplicaLimits } from './replicas.ts';

type Outcome = {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, or what the exchange throws. */
  readonly body: string | TiegelError;
  /** What it says about the replica. */
  readonly says: 'sound' | 'broken' | 'nothing';
  readonly pausesMs?: number;
};

const outbound = (reason: string) => new TiegelError('TGL_OUTBOUND_FAILED', { target: 'x', reason });
const json = 'application/json';

const outcomes: Readonly<Record<string, Outcome>> = {
  reply: { body: delta({ content: '42' }, 'stop') + done, says: 'sound' },
  filtered: { body: delta({ content: '4' }, 'content_filter') + done, says: 'sound' },
  'filtered prompt': { status: 400, body: '{"error":{"code":"content_filter"}}', says: 'nothing' },
  'bad request': { status: 400, body: '{"error":"no"}', says: 'nothing' },
  'too long': { status: 400, body: '{"error":{"code":"context_length_exceeded"}}', says: 'nothing' },
  'bad request in the stream': { body: dataEvent({ error: { code: 422, message: 'no' } }), says: 'nothing' },
  unprocessable: { status: 422, type: json, body: '{"detail":"no"}', says: 'nothing' },
  'unknown key': { status: 401, body: '', says: 'nothing' },
  'no credit': { status: 402, body: '', says: 'nothing' },
  'unknown model': { status: 404, body: '', says: 'nothing' },
  unreadable: { body: delta({ content: 7 }), says: 'nothing' },
  'given up': { body: delta({}, 'abort') + done, says: 'nothing' },
  'busy key': { status: 429, body: '', says: 'nothing', pausesMs: 1000 },
  'busy key for long': {
    ...{ status: 429, body: '', says: 'nothing', pausesMs: 7000 },
    headers: { 'retry-after': '7' },
  },
  'server error': { status: 500, body: '', says: 'broken' },
  'error in the stream': { body: dataEvent({ error: 'CUDA' }), says: 'broken' },
  'error at the end': { body: delta({}, 'error') + done, says: 'broken' },
  'cut off': { body: delta({ content: '4' }), says: 'broken' },
  page: { type: 'text/html', body: '<html>', says: 'broken' },
  garbage: { body: 'data: {\n\n', says: 'broken' },
  unreachable: { body: outbound('it refuses connections'), says: 'broken' },
};

function answering(next: () => Outcome): Outbound {
  return {
    offline: false,
    request: async (): Promise<OutboundResponse> => {
      const { status = 200, type = 'text/event-stream', headers = {}, body: text } = next();
      if (TiegelError.isInstance(text)) throw text;
      async function* pieces(): AsyncGenerator<Uint8Array, undefined> {
        yield Buffer.from(text as string);
      }
      return {
        ...{ url: 'http://x/', status, headers: { 'content-type': type, ...headers }, body: pieces() },
        text: async () => text,
        [Symbol.dispose]: () => {},
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

test('only faults that speak of the replica open the breaker, and a reply resets it', async () => {
  const ask = fc.constantFrom(...Object.keys(outcomes)).map((name) => ({ name, advance: 0 }));
  const wait = fc.constantFrom(500, 1000, 2000, 7000, 60_000).map((advance) => ({ name: '', advance }));
  const steps = fc.array(fc.oneof({ weight: 4, arbitrary: ask }, { weight: 1, arbitrary: wait }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const clock = manualClock();
      let asked = 0;
      let current = outcomes.reply as Outcome;
      const there = answering(() => {
        asked++;
        return current;
      });
      const endpoints = ['http://127.0.0.1:9/v1'];
      const names = { model: 'far', remoteModel: 'org/far', server: 'vllm' } as const;
      await using engine = createRemoteEngine({
        ...{ ...names, endpoints, contextLength: 4096, outbound: there, clock },
      });
      let expectedAsked = 0;
      const model = { failures: 0, restMs: defaultReplicaLimits.restMs, restsUntil: clock.monotonic() };
      for (const { name, advance } of taken) {
        clock.advance(advance);
        if (name === '') continue;
        current = outcomes[name] as Outcome;
        const rests = clock.monotonic() < model.restsUntil;
        const failure = await Array.fromAsync(engine.generate(question)).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (rests) expect(failure).toMatchObject({ code: 'TGL_UPSTREAM_BUSY' });
        else {
          expectedAsked++;
          expect(failure === undefined).toBe(current.says === 'sound');
          takeOutcome(model, current, clock.monotonic());
        }
        expect(asked).toBe(expectedAsked);
        const open = model.failures >= 3 && clock.monotonic() < model.restsUntil;
        expect(engine.state()).toBe(open ? 'restarting' : 'ready');
      }
    }),
    { numRuns: 200 },
  );
});

function takeOutcome(
  model: { failures: number; restMs: number; restsUntil: number },
  { says, pausesMs = 0 }: Outcome,
  now: number,
): void {
  if (says === 'sound') Object.assign(model, { failures: 0, restMs: defaultReplicaLimits.restMs });
  if (says === 'broken' && ++model.failures >= 3) {
    model.restsUntil = now + model.restMs;
    model.restMs = Math.min(2 * model.restMs, defaultReplicaLimits.longestRestMs);
  }
  if (pausesMs > 0) model.restsUntil = now + pausesMs;
}
