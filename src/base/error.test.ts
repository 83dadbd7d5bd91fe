import { expect, test } from 'vitest';
import { TiegelError } from './error.ts';

test('an error says what was received and how to repair it', () => {
  const error = new TiegelError('TGL_MODEL_NOT_ADMITTED', {
    model: 'nano',
    reason: 'it has not been assessed',
  });
  expect(error.message).toBe('The model nano is not admitted: it has not been assessed.');
  expect(error.fix).toBe('Run `tiegel assess nano`; only a pass yields an admission record.');
  expect(error.status).toBe(403);
  expect(error.retryable).toBe(false);
});

test('a long value is cut in the message, so that an error never repeats a megabyte', () => {
  const error = new TiegelError('TGL_USAGE', { problem: 'x'.repeat(1_000_000) });
  expect(error.message.length).toBeLessThan(300);
  expect(error.message).toContain('1000000 characters');
});

test('a list is given whole, each of its values cut', () => {
  const known = Array.from({ length: 100 }, (_, index) => `model-number-${index}`);
  const { message } = new TiegelError('TGL_MODEL_UNKNOWN', { received: 'x', known });
  expect(message).toBe(`There is no model x; the catalog holds ${known.join(', ')}.`);
  const long = new TiegelError('TGL_MODEL_UNKNOWN', { received: 'x', known: ['y'.repeat(1000), 'z'] });
  expect(long.message).toMatch(/y{200}… \(1000 characters\), z\.$/);
});

test('a detail cannot smuggle in another place', () => {
  const error = new TiegelError('TGL_MODEL_NOT_ADMITTED', { model: '{reason}', reason: 'no record' });
  expect(error.message).toBe('The model {reason} is not admitted: no record.');
});

test('an error of another copy of the module is recognised', () => {
  expect(TiegelError.isInstance({ isTiegelError: true })).toBe(true);
  expect(TiegelError.isInstance(new Error('x'))).toBe(false);
  expect(TiegelError.isInstance(undefined)).toBe(false);
});
