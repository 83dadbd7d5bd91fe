import { expect, test } from 'vitest';
import type { CheckContext } from '../gateway/index.ts';
import { openFormChecker } from './form-checker.ts';

const contextOf = (schema?: Readonly<Record<string, unknown>>): CheckContext => ({
  constraint: schema && { type: 'json-schema', schema },
  ...{ account: 'a', signal: new AbortController().signal, requirePermitted: () => {} },
});

test('answers are judged by the form that the request asks for', async () => {
  await using opened = openFormChecker({ maxMs: 60_000 });
  const check = opened.checker(
    '',
    contextOf({ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] }),
  );
  expect([await check?.('{"a":1}'), await check?.('{"a":"1"}'), await check?.('no')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await opened.checker('', contextOf({ minimum: 1 }))?.('2')).toBe('unknown');
  expect(opened.checker('', contextOf())).toBeUndefined();
});

test('a pattern that takes too long leaves an answer unverified, and the next one is judged', async () => {
  await using opened = openFormChecker({ maxMs: 2_000 });
  const slow = opened.checker('', contextOf({ type: 'string', pattern: '^(a+)+$' }));
  expect(await slow?.(JSON.stringify(`${'a'.repeat(40)}b`))).toBe('unknown');
  await using patient = openFormChecker({ maxMs: 60_000 });
  expect(await patient.checker('', contextOf({ type: 'string', pattern: '^(a+)+$' }))?.('"aaa"')).toBe(true);
}, 90_000);
