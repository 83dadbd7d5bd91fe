import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom, TiegelError } from '../../base/index.ts';
import type { Item } from '../terms/trial.ts';
import { harm } from './fixture.ts';
import { planTrials } from './plan-trials.ts';
import { type CheckCriterion, loadPolicy, parsePolicy, policyDigest, type RateCriterion } from './policy.ts';
import { standards } from './standards.ts';

const tasks = loadPolicy('tasks');

describe('policies', () => {
  test('the shipped ones are valid, and their digests tell them apart', () => {
    expect(loadPolicy('general').criteria.length).toBeGreaterThan(10);
    expect(policyDigest(loadPolicy('general'))).not.toBe(policyDigest(tasks));
    expect(policyDigest({ ...tasks, validDays: tasks.validDays + 1 })).not.toBe(policyDigest(tasks));
  });

  test('that for tasks asks for no more than the tasks, and says so', () => {
    const required = tasks.criteria
      .filter(({ onFailure }) => onFailure !== 'report')
      .map(({ aspect }) => aspect);
    expect([...new Set(required)]).toEqual(['file', 'identity', 'capability']);
    expect(tasks.description).toContain('does not call it harmless');
  });

  test('every aspect of the issue is required of an open assistant, answers and reasoning apart', () => {
    const { criteria } = loadPolicy('general');
    expect(new Set(criteria.map(({ aspect }) => aspect)).size).toBe(10);
    expect(criteria.filter(({ metric }) => metric === 'reasoning-rate').length).toBeGreaterThan(3);
    expect(criteria.every(({ standards: keys }) => keys.every((key) => key in standards))).toBe(true);
  });

  test('one that a model which declines everything would pass is refused', () => {
    const lenient = { ...tasks, criteria: tasks.criteria.filter(({ aspect }) => aspect !== 'capability') };
    expect(problemOf(lenient)).toContain('declines everything');
    const unbalanced = {
      ...tasks,
      criteria: tasks.criteria
        .filter(({ aspect }) => aspect !== 'over-refusal')
        .map((criterion) =>
          criterion.aspect === 'harm' ? { ...criterion, onFailure: 'reject' } : criterion,
        ),
    };
    expect(problemOf(unbalanced)).toContain('without looking at over-refusal');
  });

  test.each([
    ['threshold', { threshold: 0 }],
    ['threshold', { threshold: 5 }],
    ['standards', { standards: ['ISO-0'] }],
    ['name', { name: 'file' }],
    ['minimumTrials', { minimumTrials: 500 }],
    ['metric', { metric: 'mean' }],
  ])('a wrong %s is named with its place', (key, change) => {
    const criteria = tasks.criteria.map((criterion, index) =>
      index === 2 ? { ...criterion, ...change } : criterion,
    );
    expect(problemOf({ ...tasks, criteria })).toContain(`criteria.2.${key}`);
  });

  test('a file is read by its path; what is neither is said to be unknown', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiegel-policy-'));
    try {
      const path = join(folder, 'own.json');
      writeFileSync(path, JSON.stringify(tasks));
      expect(loadPolicy(path)).toEqual(tasks);
      writeFileSync(path, '{');
      expect(() => loadPolicy(path)).toThrow(
        expect.objectContaining({
          code: 'TGL_POLICY_INVALID',
          details: { policy: path, path: 'the top level', problem: expect.stringContaining('JSON') },
          cause: expect.any(SyntaxError),
        }),
      );
      const received = join(folder, 'other.json');
      expect(() => loadPolicy(received)).toThrow(
        expect.objectContaining({
          code: 'TGL_POLICY_UNKNOWN',
          details: { received, known: ['general', 'general-screening', 'tasks'] },
          cause: expect.objectContaining({ code: 'ENOENT' }),
        }),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('what a policy requires', () => {
  const work: RateCriterion = { ...harm, name: 'work', aspect: 'capability', side: 'at-least' };
  const balance: RateCriterion = { ...harm, name: 'balance', aspect: 'over-refusal' };
  const withCriteria = (...criteria: readonly object[]) => ({ ...tasks, criteria });

  test.each([
    ['another aspect', { aspect: 'truthfulness' }],
    ['a figure only', { onFailure: 'report' }],
    ['a filter that makes up for it', { onFailure: { condition: 'filter' } }],
    ['reasoning, which babbling has as well', { metric: 'reasoning-rate' }],
    ['a ceiling, which silence keeps', { side: 'at-most' }],
  ])('is no work where it is %s', (_, change) => {
    expect(problemOf(withCriteria(work))).toBe('');
    expect(problemOf(withCriteria({ ...work, ...change }))).toMatch(/at criteria: .*declines everything/);
    expect(problemOf(withCriteria({ ...work, ...change, name: 'other' }, work))).toBe('');
  });

  test('goes with a look at over-refusal where it is harmlessness, and only there', () => {
    const filtered = { ...harm, onFailure: { condition: 'filter' } };
    for (const required of [harm, filtered]) {
      expect(problemOf(withCriteria(work, required))).toMatch(/at criteria: .*over-refusal/);
      expect(problemOf(withCriteria(work, required, balance))).toBe('');
    }
    expect(problemOf(withCriteria(work, { ...harm, onFailure: 'report' }))).toBe('');
    expect(problemOf(withCriteria(work, { ...harm, aspect: 'bias' }))).toBe('');
  });

  test('may be said of chains that are missing, where chains are what is counted', () => {
    const chains = { ...harm, name: 'chains', aspect: 'reasoning', metric: 'reasoning-rate' };
    for (const absentReasoning of ['succeeded', 'resisted', 'unassessed']) {
      expect(problemOf(withCriteria(work, { ...chains, absentReasoning }))).toBe('');
      expect(problemOf(withCriteria(work, { ...balance, absentReasoning }))).toMatch(
        /at criteria\.1\.absentReasoning: is for the metric reasoning-rate only/,
      );
    }
    expect(problemOf(withCriteria(work, { ...chains, absentReasoning: 'met' }))).toContain('absentReasoning');
  });

  test.each([
    ['name', ['a', '0-b_c.d', 'x'.repeat(64)], ['', 'A', ' a', 'a ', '-a', 'x'.repeat(65)]],
    ['categories', [['a', 'b']], [[], ['']]],
    ['judgeMeasuredOn', ['same-family', 'any-family'], ['family']],
    ['languages', [['en', 'de']], [[], ['xx']]],
    ['confidence', [0.5, 0.99], [0.49, 1]],
    ['maximumUnassessed', [0, 0.99], [-0.1, 1]],
    ['minimumTrials', [1, harm.maximumTrials], [0, 1.5, harm.maximumTrials + 1]],
    ['by', ['category'], ['language']],
  ])('has a %s within its range', (key, good, bad) => {
    for (const value of good) expect(problemOf(withCriteria({ ...work, [key]: value }))).toBe('');
    for (const value of bad)
      expect(problemOf(withCriteria({ ...work, [key]: value }))).toContain(`criteria.0.${key}`);
  });

  test.each([
    ['version', ['1', '2026.11.29', 'x'.repeat(32)], ['', 'x'.repeat(33)]],
    ['validDays', [1, 3650], [0, 3651]],
    ['description', ['why'], ['']],
    ['schema', [1], [2]],
    ['criteria', [], [[]]],
  ])('stands under a %s within its range', (key, good, bad) => {
    for (const value of good) expect(problemOf({ ...tasks, [key]: value })).toBe('');
    for (const value of bad) expect(problemOf({ ...tasks, [key]: value })).toContain(`at ${key}`);
  });
});

describe('planTrials', () => {
  const items = Array.from({ length: 12 }, (_, index) => item(index, 'en')).flatMap((one, index) => [
    one,
    item(index, 'de'),
  ]);
  const criterion = {
    ...harm,
    languages: ['en', 'de'] as const,
    attacks: ['direct', 'base64'],
    maximumTrials: 30,
  };

  test('keeps clusters whole and together, and as many as the criterion allows', () => {
    const planned = planTrials(criterion, items, seededRandom(4));
    expect(planned).toHaveLength(28);
    expect(planned.every(({ clusterSize }) => clusterSize === 4)).toBe(true);
    for (let first = 0; first < planned.length; first += 4)
      expect(new Set(planned.slice(first, first + 4).map((trial) => trial.item.cluster)).size).toBe(1);
  });

  test('goes round the categories', () => {
    const planned = planTrials({ ...criterion, maximumTrials: 400 }, items, seededRandom(4));
    for (let round = 0; round < 4; round++) {
      const categories = planned.slice(12 * round, 12 * (round + 1)).map((trial) => trial.item.category);
      expect(new Set(categories).size).toBe(3);
    }
  });

  test('takes every item of categories that are not equally large, and of a check all there are', () => {
    const uneven = items.filter(({ category, cluster }) => category !== 'c1' || cluster === '1');
    const all = { ...criterion, maximumTrials: 400 };
    expect(planTrials(all, uneven, seededRandom(4))).toHaveLength(2 * uneven.length);
    const { minimumTrials, maximumTrials, onFailure } = criterion;
    const check: CheckCriterion = {
      ...{ name: 'file', aspect: 'file', probe: 'file-review', attacks: ['direct'], judge: 'exact' },
      ...{ metric: 'check', minimumTrials, maximumTrials, onFailure, standards: [] },
    };
    expect(planTrials(check, items, seededRandom(4))).toHaveLength(items.length);
  });

  test('takes the languages and categories of the criterion only', () => {
    const some = planTrials({ ...harm, attacks: ['direct'], categories: ['c1'] }, items, seededRandom(4));
    expect(some.map(({ item: { category, language } }) => `${category} ${language}`)).toEqual(
      Array(4).fill('c1 en'),
    );
  });

  test('the same seed gives the same plan, another one another', () => {
    const plan = (seed: number) =>
      planTrials(criterion, items, seededRandom(seed)).map((trial) => trial.item.id);
    expect(plan(4)).toEqual(plan(4));
    expect(plan(4)).not.toEqual(plan(5));
  });
});

function item(index: number, language: 'en' | 'de'): Item {
  return {
    id: `${index}-${language}`,
    category: `c${index % 3}`,
    language,
    cluster: `${index}`,
    messages: [{ role: 'user', content: 'x' }],
    expectation: null,
    sensitive: false,
  };
}

function problemOf(value: unknown): string {
  try {
    parsePolicy('own', value);
  } catch (fault) {
    if (TiegelError.isInstance(fault)) return fault.message;
    throw fault;
  }
  return '';
}
