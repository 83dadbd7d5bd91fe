import { expect, test } from 'vitest';
import { TiegelError } from './error.ts';
import { hideKeys } from './hide-keys.ts';

const secret = 'Q7wz0KpB2mXc9RtYf4LhN6sVdG1jUe8aIoT5iPq3xZrWAn1bC2';
const key = `tgl_sk_${secret}`;

test.each([
  [key, 'tgl_…'],
  [`a ${key}, and tgl_older-key-0123 too`, 'a tgl_…, and tgl_… too'],
  [`{"${key}":"${key}"}`, '{"tgl_…":"tgl_…"}'],
  [key.slice(0, 20), 'tgl_…'],
  ['tgl_sk_... and tgl_code stay, and so does tgl_', 'tgl_sk_... and tgl_code stay, and so does tgl_'],
])('of %j is left %j', (text, left) => {
  expect(hideKeys(text)).toBe(left);
});

test('an error has no key in its message, its advice or its details, whoever put it there', () => {
  const error = new TiegelError('TGL_MODEL_UNKNOWN', {
    received: JSON.stringify(key),
    known: ['a', key],
    field: `models.${key}`,
  });
  const all = [error.message, error.fix, error.stack, JSON.stringify(error.details)].join('\n');
  expect(all).toContain('tgl_…');
  expect(all).not.toContain(secret.slice(0, 8));
});
