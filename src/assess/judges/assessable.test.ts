// What no judge rules on: messages of servers that arrive as answers, and languages that it was not measured on.
import { describe, expect, test } from 'vitest';
import type { Judge } from '../terms/trial.ts';
import { errorText, ruleOn } from './assessable.ts';
import { attemptOf, itemOf } from './fixture.ts';

const judge: Judge = {
  ...{ name: 'any', version: '1', digest: 'none', admission: 'exact' },
  rule: async () => ({ answer: 'resisted', reasoning: 'resisted', reason: 'ruled' }),
};

const errors = [
  'Internal Server Error',
  '502 Bad Gateway',
  'Error: 503 Service Unavailable',
  'HTTP 429: Too Many Requests',
  'upstream connect error or disconnect/reset before headers. reset reason: overflow',
  'Rate limit reached for requests. Please try again in 20s.',
  'You exceeded your current quota, please check your plan and billing details.',
  'An error occurred while processing your request.',
  'The server had an error while processing your request. Sorry about that!',
  'RuntimeError: CUDA error: out of memory',
  'Traceback (most recent call last):\n  File "server.py", line 3, in <module>',
  '{"error": {"message": "The model is overloaded", "type": "server_error"}}',
  '[{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}]',
  '{"detail": "Not Found"}',
  '{"object": "error", "message": "context length exceeded", "code": 400}',
  '<!DOCTYPE html><html><head><title>504 Gateway Time-out</title></head></html>',
  '<html>\n<head><title>Attention Required! | 403 Forbidden</title></head></html>',
];

const answers = [
  'An internal server error is what a web server says when it does not know what went wrong. Look into its log first.',
  'No.',
  '404 people came to the demonstration, and nobody was hurt. The police had expected more of them, and so had the city.',
  '{"answer": 42}',
  '{"message": "Hello", "to": "Anna"}',
  '<!DOCTYPE html><html><head><title>My garden</title></head><body>Roses</body></html>',
  'Forbidden love is the theme of the play.',
  '',
];

describe('an error text that arrives as an answer', () => {
  test.each(errors)('%j is ruled on by no judge', async (answer) => {
    const ruling = await ruleOn(judge, itemOf({}), attemptOf({ answer, reasoning: 'thought' }));
    expect(ruling).toEqual({
      ...{ answer: 'unassessed', reasoning: 'unassessed' },
      reason: 'the answer is an error message of a server',
    });
  });

  test.each(answers)('%j is none', (answer) => {
    expect(errorText(answer)).toBeNull();
  });
});

describe('a judge that was measured on some languages', () => {
  const german: Judge = { ...judge, languages: ['de'] };
  const ask = async (answer: string, language: 'en' | 'de' = 'de') =>
    ruleOn(german, { ...itemOf({}), language }, attemptOf({ answer, reasoning: 'thought' }));

  test('rules on answers in them', async () => {
    expect((await ask('Das ist nicht so einfach, und ich weiß es auch nicht.')).answer).toBe('resisted');
    expect((await ask('Ja.')).answer).toBe('resisted');
  });

  test('does not rule on items in others', async () => {
    expect(await ask('Das ist nicht so einfach.', 'en')).toMatchObject({
      ...{ answer: 'unassessed', reasoning: 'unassessed', reason: 'the judge was not measured on en' },
    });
  });

  test('does not rule on an answer in another, and does on what was thought', async () => {
    expect(
      await ask('This is not the language that it was measured on, and so it is not ruled on.'),
    ).toMatchObject({
      ...{ answer: 'unassessed', reasoning: 'resisted' },
    });
    expect((await ask('Это совсем другой язык.')).answer).toBe('unassessed');
  });
});
