import { expect, test } from 'vitest';
import { serverErrorIn } from './server-error.ts';

test.each([
  [{ error: { code: 'invalid_api_key' } }, 401],
  [{ error: { type: 'authentication_error' } }, 401],
  [{ error: { type: 'insufficient_quota' } }, 402],
  [{ error: { type: 'permission_error' } }, 403],
  [{ error: { type: 'not_found_error' } }, 404],
  [{ error: { code: 'model_not_found', type: 'invalid_request_error' } }, 404],
  [{ error: { type: 'rate_limit_error' } }, 429],
  [{ error: { type: 'overloaded_error' } }, 503],
  [{ error: { type: 'api_error' } }, 500],
  [{ error: { type: 'BadRequestError' } }, 400],
  [{ error: { code: 418 } }, 418],
  [{ error: { code: '429' } }, 429],
  [{ error: { status: 400, code: 'content_filter' } }, 400],
  [{ error: { status_code: 422 } }, 422],
  [{ error: { code: 200 } }, undefined],
  [{ error: { code: 700 } }, undefined],
  [{ error: { code: '42' } }, undefined],
  [{ error: { type: 'constructor' } }, undefined],
  [{ error: { error: { code: 503 } } }, 503],
  [{ error: 'text', status: 404 }, 404],
  [{ message: 'text', type: 'InternalServerError' }, 500],
])('%o has the status %s', (document, status) => {
  expect(serverErrorIn(document)?.status).toBe(status);
});

test.each([
  ['a text', { error: 'text' }, 'text'],
  ['an object', { error: { message: 'text' } }, 'text'],
  ['an object within', { error: { error: { msg: 'text' } } }, 'text'],
  ['a list without places', { detail: [{ msg: 'one' }, 'two', { x: 1 }] }, 'one; two'],
  ['a list with places', { detail: [{ loc: ['body', 0, null], msg: 'one' }] }, 'body.0: one'],
  ['a message', { message: 'text' }, 'text'],
  ['a short name of one', { msg: 'text' }, 'text'],
  ['a number', { error: 7 }, ''],
])('the words in %s', (_, document, words) => {
  expect(serverErrorIn(document)?.words).toBe(words);
});

test('of a list without end a beginning is told', () => {
  const detail = Array.from({ length: 1000 }, () => ({ msg: 'no' }));
  expect(serverErrorIn({ detail })?.words.split('; ')).toHaveLength(8);
});

test.each([
  ['no object', 'error'],
  ['null', null],
  ['a reply', { choices: [], message: 'text' }],
  ['an error that is none', { choices: [], error: null }],
  ['an error that is false', { choices: [], error: false }],
  ['an error without a text', { choices: [], error: '' }],
  ['a message without words', { message: { role: 'assistant' } }],
  ['something else', { id: 'x' }],
])('%s is no error', (_, document) => {
  expect(serverErrorIn(document)).toBeUndefined();
});

test('an error beside choices is one, and what was flagged counts as filtered', () => {
  expect(serverErrorIn({ choices: [{}], error: { code: 502, message: 'gone' } })).toEqual({
    ...{ status: 502, kinds: [], words: 'gone' },
  });
  const flagged = { code: 403, type: 'Moderation', message: 'no', metadata: { reasons: ['x'] } };
  expect(serverErrorIn({ error: flagged })?.kinds).toEqual(['moderation', 'content_filter']);
});

test.each([
  [399, undefined],
  [400, 400],
  [599, 599],
  [600, undefined],
  ['599', 599],
  ['600', undefined],
  ['4e2', undefined],
  ['0429', undefined],
  [' 429', undefined],
  [429.5, undefined],
  [null, undefined],
])('the code %j is the status %s', (code, status) => {
  expect(serverErrorIn({ error: { code } })?.status).toBe(status);
});

test('words are looked for a few levels down, and no deeper', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 'text' : { message: nested(levels - 1) });
  expect([1, 2, 3, 4].map((levels) => serverErrorIn({ error: nested(levels) })?.words)).toEqual([
    ...['text', 'text', 'text', ''],
  ]);
});
