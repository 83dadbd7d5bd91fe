import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { type Assignment, createReplicas, defaultReplicaLimits, type Replicas } from './replicas.ts';

const none: ReadonlySet<number> = new Set();

function assigned(replicas: Replicas, prefixes: readonly string[] = [], except = none): Assignment {
  const assignment = replicas.assign(prefixes, except);
  if ('retryAfterMs' in assignment) throw new Error(`nobody for ${assignment.retryAfterMs} ms`);
  return assignment;
}

function setup(count: number) {
  const clock = manualClock();
  const replicas = createReplicas(count, clock, defaultReplicaLimits);
  const failTimes = (times: number): void => {
    for (let index = 0; index < times; index++) assigned(replicas).fail();
  };
  return { clock, replicas, failTimes };
}

describe('replicas', () => {
  test('the idlest gets the request', () => {
    const { replicas } = setup(3);
    const held = [assigned(replicas), assigned(replicas), assigned(replicas)];
    expect(held.map(({ replica }) => replica)).toEqual([0, 1, 2]);
    held[1]?.succeed();
    expect(assigned(replicas).replica).toBe(1);
  });

  test('a known beginning wins over a small difference in load, the longest one first', () => {
    const { replicas } = setup(2);
    assigned(replicas, ['a']).succeed();
    const other = assigned(replicas, [], new Set([0]));
    other.succeed();
    assigned(replicas, ['a', 'ab'], new Set([0])).succeed();
    expect(assigned(replicas, ['a', 'ab', 'abc']).replica).toBe(1);
    for (let index = 0; index < defaultReplicaLimits.affinitySlack; index++) assigned(replicas, ['abc']);
    expect(replicas.states().map(({ active }) => active)).toEqual([0, 5]);
    expect(assigned(replicas, ['abc']).replica).toBe(0);
  });

  test('the beginnings that were seen longest ago are forgotten', () => {
    const { replicas } = setup(2);
    const elsewhere = new Set([0]);
    assigned(replicas, ['first', 'second'], elsewhere).succeed();
    for (let index = 0; index < 9_999; index++) assigned(replicas, [`p${index}`]).succeed();
    expect(assigned(replicas, ['second'], none).replica).toBe(1);
    expect(assigned(replicas, ['first'], elsewhere).replica).toBe(1);
    const forgetful = setup(2).replicas;
    assigned(forgetful, ['first'], elsewhere).succeed();
    for (let index = 0; index < 10_000; index++) assigned(forgetful, [`p${index}`]).succeed();
    expect(assigned(forgetful, ['first']).replica).toBe(0);
  });

  test('failures in a row open the breaker; a success in between starts the count anew', () => {
    const { replicas, failTimes } = setup(1);
    failTimes(2);
    assigned(replicas).succeed();
    failTimes(2);
    expect(replicas.states()[0]?.breaker).toBe('closed');
    failTimes(1);
    expect(replicas.states()[0]?.breaker).toBe('open');
    expect(replicas.assign([], none)).toEqual({ retryAfterMs: 2000 });
  });

  test('after its rest one request tries, and only one', () => {
    const { clock, replicas, failTimes } = setup(1);
    failTimes(3);
    clock.advance(2000);
    expect(replicas.states()[0]?.breaker).toBe('half-open');
    const trial = assigned(replicas);
    expect(replicas.assign([], none)).toHaveProperty('retryAfterMs');
    trial.succeed();
    expect(replicas.states()[0]?.breaker).toBe('closed');
    assigned(replicas);
    assigned(replicas);
  });

  test('each failed trial doubles the rest, up to a limit', () => {
    const { clock, replicas, failTimes } = setup(1);
    failTimes(3);
    const rests: number[] = [];
    for (let index = 0; index < 7; index++) {
      const answer = replicas.assign([], none) as { retryAfterMs: number };
      rests.push(answer.retryAfterMs);
      clock.advance(answer.retryAfterMs);
      failTimes(1);
    }
    expect(rests).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('a request that the client gave up says nothing, also as a trial', () => {
    const { clock, replicas, failTimes } = setup(1);
    failTimes(3);
    clock.advance(2000);
    assigned(replicas).abandon();
    expect(replicas.states()).toEqual([{ breaker: 'half-open', active: 0 }]);
    assigned(replicas).succeed();
    expect(replicas.states()).toEqual([{ breaker: 'closed', active: 0 }]);
  });

  test('a sound health check allows a trial at once, an unsound one counts as a failure', () => {
    const { replicas } = setup(2);
    for (let index = 0; index < 3; index++) replicas.report(0, false);
    expect(replicas.states().map(({ breaker }) => breaker)).toEqual(['open', 'closed']);
    expect(assigned(replicas).replica).toBe(1);
    replicas.report(0, true);
    expect(assigned(replicas).replica).toBe(0);
  });

  test('one that asked for a pause gets it without being called broken', () => {
    const { clock, replicas } = setup(1);
    replicas.pause(0, 700);
    expect(replicas.states()[0]?.breaker).toBe('closed');
    expect(replicas.assign([], none)).toEqual({ retryAfterMs: 700 });
    clock.advance(700);
    expect(assigned(replicas).replica).toBe(0);
  });

  test('whatever happens, counts stay right, open breakers rest and half-open ones get one request', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('assign' as const), prefix: fc.constantFrom('a', 'b', 'c') }),
      fc.record({
        type: fc.constantFrom('succeed' as const, 'fail' as const, 'abandon' as const),
        which: fc.nat(9),
      }),
      fc.record({ type: fc.constant('advance' as const), by: fc.nat(5000) }),
      fc.record({ type: fc.constant('report' as const), replica: fc.nat(2), healthy: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { clock, replicas } = setup(3);
        const held: Assignment[] = [];
        for (const action of steps) {
          if (action.type === 'assign') {
            const before = replicas.states();
            const answer = replicas.assign([action.prefix], none);
            if ('retryAfterMs' in answer) {
              expect(before.every(({ breaker }) => breaker !== 'closed')).toBe(true);
            } else {
              expect(before[answer.replica]?.breaker).not.toBe('open');
              held.push(answer);
            }
          } else if (action.type === 'advance') clock.advance(action.by);
          else if (action.type === 'report') replicas.report(action.replica, action.healthy);
          else held.splice(action.which, 1)[0]?.[action.type]();
          const active = [0, 1, 2].map((index) => held.filter(({ replica }) => replica === index).length);
          expect(replicas.states().map((state) => state.active)).toEqual(active);
        }
      }),
    );
  });
});
