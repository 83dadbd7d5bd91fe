// What the gate does with its checks. How places are shared is told beside the limiter, and who passes it in records.test.ts.
import { expect, test } from 'vitest';
import { systemClock, TiegelError } from '../../base/index.ts';
import { createScriptedEngine } from '../../engine/index.ts';
import type { RequestRecord } from '../../traffic/index.ts';
import type { GatewayRequest } from '../request.ts';
import { servedBy } from '../testing.ts';
import {
  type Check,
  createGate,
  type Demand,
  type Gate,
  type Grant,
  type ReplyCaps,
  type Reservation,
} from './gate.ts';
import type { ServedModel } from './served-model.ts';

const request = { signal: new AbortController().signal, principal: null } as unknown as GatewayRequest;
const demand = { places: 1, bytes: 10, promptTokens: 3, completionTokens: 5 };

function gateWith(checks: readonly Check[]) {
  const model = servedBy(createScriptedEngine({ model: 'scripted', reply: () => [], slots: 1 }));
  return { gate: createGate({ checks, queue: 0, queueBytes: 100, clock: systemClock }), model };
}

/** Through a gate whose checks ask nobody. */
function enterAtOnce(gate: Gate, model: ServedModel, wanted: Demand): Grant {
  const grant = gate.enter(request, model, wanted);
  if (grant instanceof Promise) throw new TypeError('a check has asked somebody');
  return grant;
}

/** A check that reserves something, and notes what becomes of it. */
function reserving(name: string, notes: unknown[]): Check {
  return (_, __, wanted) => {
    notes.push([name, wanted.completionTokens]);
    return {
      settle: ({ requestId }) => void notes.push([name, 'settled', requestId]),
      [Symbol.dispose]: () => void notes.push([name, 'given back']),
    };
  };
}

test('asks its checks in their order, settles in it, and gives back in reverse', () => {
  const notes: unknown[] = [];
  const { gate, model } = gateWith([reserving('quota', notes), () => undefined, reserving('guard', notes)]);
  const grant = enterAtOnce(gate, model, demand);
  expect(gate.load()).toEqual([{ model: 'scripted', inFlight: 1, waiting: 0 }]);
  grant.settle({ requestId: 'req_1' } as RequestRecord);
  grant[Symbol.dispose]();
  expect(gate.load()).toEqual([{ model: 'scripted', inFlight: 0, waiting: 0 }]);
  expect(notes).toEqual([
    ['quota', 5],
    ['guard', 5],
    ['quota', 'settled', 'req_1'],
    ['guard', 'settled', 'req_1'],
    ['guard', 'given back'],
    ['quota', 'given back'],
  ]);
});

test('gives back what was reserved when a later check, or the lack of a place, refuses the request', () => {
  const notes: unknown[] = [];
  const refusing: Check = () => {
    throw new TiegelError('TGL_DRAINING');
  };
  const refused = gateWith([reserving('quota', notes), refusing]);
  expect(() => refused.gate.enter(request, refused.model, demand)).toThrow('shutting down');
  expect(notes.splice(0)).toEqual([
    ['quota', 5],
    ['quota', 'given back'],
  ]);
  const full = gateWith([reserving('quota', notes)]);
  full.gate.enter(request, full.model, demand);
  expect(() => full.gate.enter(request, full.model, demand)).toThrow('requests are waiting');
  expect(notes.at(-1)).toEqual(['quota', 'given back']);
});

test('wants no place where nothing is generated', () => {
  const { gate, model } = gateWith([]);
  const first = enterAtOnce(gate, model, { ...demand, places: 0 });
  gate.enter(request, model, { ...demand, places: 0 });
  expect(gate.load()).toEqual([]);
  expect(() => first.acquire()).toThrow(TypeError);
});

test('keeps the last place for requests that are short: one place, few tokens, no constraint', async () => {
  const model = servedBy(createScriptedEngine({ model: 'scripted', reply: () => [], slots: 2 }));
  const places = (demands: readonly Partial<Demand>[]): readonly boolean[] => {
    const gate = createGate({ checks: [], queue: 9, queueBytes: 1000, clock: systemClock });
    enterAtOnce(gate, model, demand)[Symbol.dispose]();
    return demands.map((one) => {
      const place = enterAtOnce(gate, model, { ...demand, ...one }).acquire();
      if ('then' in place) place.catch(() => {});
      return !('then' in place);
    });
  };
  const long: readonly Partial<Demand>[] = [
    { completionTokens: 4096 },
    { promptTokens: 100_000 },
    { constrained: true },
    { places: 2 },
  ];
  for (const one of long) expect(places([one, one, {}, {}])).toEqual([true, false, true, false]);
});

test('waits for a check that asks somebody, then goes on in order, and gives all back where a later one refuses', async () => {
  const notes: unknown[] = [];
  const asking: Check = async (...given) => {
    await Promise.resolve();
    return reserving('lease', notes)(...given);
  };
  const { gate, model } = gateWith([reserving('quota', notes), asking, reserving('guard', notes)]);
  const grant = await gate.enter(request, model, demand);
  expect(gate.load()).toEqual([{ model: 'scripted', inFlight: 1, waiting: 0 }]);
  grant[Symbol.dispose]();
  expect(notes.splice(0)).toEqual([
    ...[
      ['quota', 5],
      ['lease', 5],
      ['guard', 5],
    ],
    ...[
      ['guard', 'given back'],
      ['lease', 'given back'],
      ['quota', 'given back'],
    ],
  ]);
  const refusing: Check = () => {
    throw new TiegelError('TGL_DRAINING');
  };
  const refused = gateWith([asking, refusing]);
  await expect(refused.gate.enter(request, refused.model, demand)).rejects.toThrow('shutting down');
  expect(notes.splice(0)).toEqual([
    ['lease', 5],
    ['lease', 'given back'],
  ]);
  const gone = { ...request, signal: AbortSignal.abort(new Error('gone')) } as GatewayRequest;
  const left = gateWith([asking]);
  await expect(left.gate.enter(gone, left.model, demand)).rejects.toThrow('gone');
  expect([notes, left.gate.load()]).toEqual([
    [
      ['lease', 5],
      ['lease', 'given back'],
    ],
    [],
  ]);
});

/** A check that keeps these for a request. */
const keeping =
  (kept: Partial<Reservation>): Check =>
  () => ({ ...kept, [Symbol.dispose]: () => {} });

test('cuts a reply at the lowest cap of each kind, and nowhere where nobody reserved', () => {
  const capsOf = (...all: readonly ReplyCaps[]): ReplyCaps | undefined => {
    const { gate, model } = gateWith([keeping({}), ...all.map((caps) => keeping({ caps }))]);
    return enterAtOnce(gate, model, demand).caps;
  };
  expect(capsOf()).toBeUndefined();
  expect(capsOf({ completion: 5, reasoning: 3 })).toEqual({ completion: 5, reasoning: 3 });
  expect(
    capsOf({ completion: 5, reasoning: 3 }, { completion: 4, reasoning: 9 }, { completion: 7, reasoning: 2 }),
  ).toEqual({ completion: 4, reasoning: 2 });
});

test('tells the bill of the first check that has one', () => {
  const bill = { amount: '1', currency: 'EUR', remaining: null, price: 'p' };
  const usage = { promptTokens: 1, cachedPromptTokens: 0, completionTokens: 2, reasoningTokens: 0 };
  const asked: unknown[] = [];
  const { gate, model } = gateWith([
    keeping({}),
    keeping({ bill: () => undefined }),
    keeping({
      bill: (used) => {
        asked.push(used);
        return bill;
      },
    }),
    keeping({ bill: () => expect.unreachable('the bill was known') }),
  ]);
  expect([enterAtOnce(gate, model, demand).bill(usage), asked]).toEqual([bill, [usage]]);
  const none = gateWith([keeping({ bill: () => undefined })]);
  expect(enterAtOnce(none.gate, none.model, demand).bill(usage)).toBeUndefined();
});

test('tells engines apart, and knows one again', () => {
  const { gate, model } = gateWith([]);
  const other = servedBy(createScriptedEngine({ model: 'other', reply: () => [], slots: 2 }));
  const [first] = [
    enterAtOnce(gate, model, demand),
    enterAtOnce(gate, other, demand),
    enterAtOnce(gate, other, demand),
  ];
  expect(gate.load()).toEqual([
    { model: 'scripted', inFlight: 1, waiting: 0 },
    { model: 'other', inFlight: 2, waiting: 0 },
  ]);
  first[Symbol.dispose]();
  expect(gate.load()[0]?.inFlight).toBe(0);
});
