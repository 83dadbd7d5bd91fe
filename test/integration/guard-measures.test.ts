// Measures on accounts that belong together, against a model: whatever groups are found, grow, become one and are cleared in whatever order, and
// whatever people begin meanwhile, nobody has a measure of such a case whom the newest look that found it did not find two reasons for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ClusterCase } from '../../src/guard/index.ts';
import { openClusterCases } from '../../src/host/guard/linkage/link-accounts.ts';
import { beginMeasure, endMeasures, measureNames, settleMeasures } from '../../src/host/guard/measures.ts';
import { author, makeTenant, openForTest } from '../../src/store/contract.ts';
import { limitsAt } from '../../src/store/index.ts';

const home = mkdtempSync(join(tmpdir(), 'tiegel-measures-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Step =
  | {
      readonly act: 'look';
      readonly isAutomatic: boolean;
      readonly from: number;
      readonly measured: readonly boolean[];
    }
  | { readonly act: 'begin' | 'clear'; readonly which: number };

const accountCount = 8;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    act: fc.constant('look' as const),
    isAutomatic: fc.boolean(),
    from: fc.nat({ max: accountCount - 1 }),
    measured: fc.array(fc.boolean(), { minLength: 1, maxLength: accountCount }),
  }),
  fc.record({ act: fc.constantFrom('begin' as const, 'clear' as const), which: fc.nat({ max: 5 }) }),
);

/** Two groups that become one, most of whom are not measured then, and a person who begins a measure by one of the cases. */
function becomeOne(which: number): Step[] {
  return [
    { act: 'look', isAutomatic: true, from: 0, measured: [true, true] },
    { act: 'look', isAutomatic: true, from: 4, measured: [true, true] },
    { act: 'look', isAutomatic: true, from: 0, measured: [true, true, false, false, false, false] },
    { act: 'begin', which },
  ];
}

test('no account is measured that one kind of tests alone joins, whatever happened before', {
  timeout: 60_000,
}, async () => {
  await using opened = await openForTest(join(home, 'store.db'));
  const { store, clock } = opened;
  let week = 1;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      week++;
      const { organisation, account } = await makeTenant(opened, `Tenant ${week}`);
      const accounts = [account];
      for (let number = 1; number < accountCount; number++)
        accounts.push((await store.accounts.create(organisation, author, { name: `${number}` })).id);
      const newest = new Map<string, boolean>();
      for (const each of steps) {
        clock.advance(1000);
        const cases = (await store.guard.cases(organisation)).filter(({ state }) => state === 'open');
        if (each.act === 'look') {
          const members = accounts.slice(each.from, each.from + each.measured.length).map((one, place) => ({
            ...{ organisation, account: one, requests: 20, traceTokens: place },
            measured: each.measured[place]!,
          }));
          const level = members.some(({ measured }) => measured) ? 'measure' : 'ask';
          const evidence = { cluster: { members } } as unknown as ClusterCase['evidence'];
          const found: ClusterCase = { useClass: 'rag', level, eValue: 50, evidence };
          const { cases: now } = await openClusterCases(store, week, found);
          for (const one of now) await settleMeasures(store, one, { isAutomatic: each.isAutomatic, clock });
          // Of a group that a person has found in order nothing is decided anew.
          if (now.length > 0) for (const one of members) newest.set(one.account, one.measured);
        } else {
          const found = cases[each.which % Math.max(1, cases.length)];
          if (found === undefined) continue;
          if (each.act === 'begin') await beginMeasure(store, 'slow-down', found, author, clock);
          else {
            await store.guard.clearCase(organisation, found.id, author);
            await endMeasures(store, measureNames, found, author, clock);
          }
        }
        clock.advance(1);
        const limits = await limitsAt(store.database, clock.now());
        const limited = limits.filter((limit) => limit.organisation === organisation);
        for (const { subject } of limited) expect([subject, newest.get(subject!)]).toEqual([subject, true]);
      }
    }),
    {
      numRuns: 20,
      examples: [[becomeOne(0)], [becomeOne(1)]],
    },
  );
});
