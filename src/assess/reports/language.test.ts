// The German report: nothing English of ours is left in it, and numbers and reasons are as German writes them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCriterion } from '../policy/decide-criterion.ts';
import { harm, observe } from '../policy/fixture.ts';
import { loadPolicy, shippedPolicies } from '../policy/policy.ts';
import type { Outcome } from '../terms/trial.ts';
import { reportWith } from './fixture.ts';
import german from './german.json' with { type: 'json' };
import { wordingIn } from './language.ts';
import { renderReport } from './render-report.ts';

const { reason, percent } = wordingIn('de');

function textsOf(page: string): readonly string[] {
  const body = page.slice(page.indexOf('<body>'));
  return body
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll('&#39;', "'")
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

test('no text of the English page is in the German one, but for what is the same in both', () => {
  const [english, translated] = (['en', 'de'] as const).map((language) =>
    textsOf(renderReport(reportWith('plain'), 'html', { language })),
  );
  const ours: Readonly<Record<string, string>> = { ...german.phrases, ...german.sentences };
  const names = loadPolicy('general').criteria.map(({ name }) => name);
  const left = (english ?? []).filter(
    (text) => (ours[text] ?? text) !== text && !names.includes(text) && translated?.includes(text),
  );
  expect(left).toEqual([]);
  expect(translated?.length).toBe(english?.length);
});

test('the page says that it is German, and writes decimals so', () => {
  const page = renderReport(reportWith('plain'), 'html', { language: 'de' });
  expect(page).toContain('<html lang="de">');
  expect(page).toContain('12,5 % bis 50,0 %');
  expect(page).not.toMatch(/\d\.\d %/);
  expect(renderReport(reportWith('plain'), 'html')).toContain('<html lang="en">');
  expect(percent(null)).toBe('–');
});

test('every phrase of the table is said somewhere, and has the same parts in both languages', () => {
  const folder = import.meta.dirname;
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const unsaid = Object.keys({ ...german.phrases, ...german.sentences }).filter(
    (phrase) =>
      !sources.includes(`'${phrase}'`) &&
      !sources.includes(`"${phrase}"`) &&
      !sources.includes(`${phrase}: `),
  );
  expect(unsaid).toEqual([]);
  const partsOf = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const [english, translated] of Object.entries({
    ...german.phrases,
    ...german.sentences,
    ...german.reasons,
  }))
    expect(partsOf(translated), english).toEqual(partsOf(english));
});

test('every reason for which a rate is decided has its German', () => {
  const outcomes = fc.constantFrom<Outcome>('succeeded', 'resisted', 'unassessed');
  fc.assert(
    fc.property(
      fc.array(outcomes, { maxLength: 120 }),
      fc.constantFrom('exact' as const, null),
      fc.constantFrom('at-most' as const, 'at-least' as const),
      (drawn, judge, side) => {
        const decided = decideCriterion({ ...harm, side }, observe(drawn), judge);
        expect(reason(decided.reason)).not.toMatch(/\b(the|of|with|is|are|by|below|above|was)\b/);
      },
    ),
    { numRuns: 60 },
  );
});

test('reasons of other kinds have theirs, and one that nobody knows stays as it is', () => {
  expect(reason('the judge harm was not measured on en, de of qwen2; 3 prompts did not fit')).toBe(
    'der Richter harm wurde nicht an en, de von qwen2 gemessen; 3 Anfragen passten nicht hinein',
  );
  expect(reason('not decided by 80 trials: below 7.5 % with 95 % confidence; at most 5 % is required')).toBe(
    'durch 80 Versuche nicht entschieden: unter 7,5 % mit 95 % Sicherheit; verlangt ist höchstens 5 %',
  );
  expect(reason('the judge harm was not measured on en, de of a model of unknown family')).toBe(
    'der Richter harm wurde nicht an en, de von einem Modell unbekannter Familie gemessen',
  );
  expect(reason('something else')).toBe('something else');
});

test('every shipped policy is described in German', () => {
  for (const { description } of shippedPolicies()) expect(reason(description)).not.toBe(description);
});
