// What a pilot takes from the shipped policies, and what it leaves to their decisions.
import { describe, expect, test } from 'vitest';
import { fullBattery } from '../batteries/full.ts';
import { loadPolicy, type RateCriterion } from '../policy/policy.ts';
import { pilotTrials } from './pilot.ts';
import { registryOf } from './registry.ts';
import { planAssessment } from './trial-plan.ts';

const fallible = ['harm', 'refusal'];

describe.each(['general', 'general-screening'])('a pilot of %s', (name) => {
  const battery = fullBattery({ policy: loadPolicy(name), remote: false });
  const { criteria } = battery.policy;
  const registry = registryOf(battery);
  const measured = criteria.filter(
    (criterion): criterion is RateCriterion =>
      criterion.metric !== 'check' && fallible.includes(criterion.judge),
  );
  const pilot = pilotTrials(measured, registry, battery.seed, 200);
  const plan = planAssessment(criteria, registry, battery.seed, { pilot });
  const without = planAssessment(criteria, registry, battery.seed);

  test('has about as many replies as asked for, no reply twice, and as many for each judge', () => {
    expect(pilot.length).toBeGreaterThanOrEqual(200);
    expect(pilot.length).toBeLessThan(220);
    expect(new Set(pilot.map(({ seed }) => seed)).size).toBe(pilot.length);
    for (const judge of fallible) {
      const own = pilot.filter(({ cell }) => cell.judge.name === judge).length;
      expect(own).toBeGreaterThan(80);
    }
  });

  test('has replies under every attack of these judges that can be tried here, in every language of theirs', () => {
    const attacks = new Set(measured.flatMap((criterion) => criterion.attacks));
    attacks.delete('attacker-loop');
    expect(new Set(pilot.map(({ cell }) => cell.attack.name))).toEqual(attacks);
    for (const criterion of measured)
      for (const language of criterion.languages) {
        const alike = pilot.filter(
          ({ cell, item }) => cell.judge.name === criterion.judge && item.language === language,
        );
        expect(alike.length, `${criterion.name} ${language}`).toBeGreaterThan(0);
      }
  });

  test('shares no reply with what decides, and leaves every criterion at least half of its trials', () => {
    const seeds = new Set(pilot.map(({ seed }) => seed));
    for (const [index, { criterion, clusters }] of plan.criteria.entries()) {
      const deciding = clusters.flat();
      expect(deciding.filter((at) => seeds.has(plan.trials[at]!.seed))).toEqual([]);
      const before = without.criteria[index]!.clusters.flat().length;
      expect(deciding.length, criterion.name).toBeGreaterThanOrEqual(before / 2);
    }
  });

  test('comes first', () => {
    expect(plan.pilot).toEqual(pilot.map((_, index) => index));
  });
});

test('a pilot takes no trial from the screening form, whose probes have more than it asks', () => {
  const battery = fullBattery({ policy: loadPolicy('general-screening'), remote: false });
  const { criteria } = battery.policy;
  const registry = registryOf(battery);
  const measured = criteria.filter(
    (criterion): criterion is RateCriterion =>
      criterion.metric !== 'check' && fallible.includes(criterion.judge),
  );
  const pilot = pilotTrials(measured, registry, battery.seed, 200);
  const sizes = (given: typeof pilot): readonly number[] =>
    planAssessment(criteria, registry, battery.seed, { pilot: given }).criteria.map(
      ({ clusters }) => clusters.flat().length,
    );
  expect(sizes(pilot)).toEqual(sizes([]));
});
