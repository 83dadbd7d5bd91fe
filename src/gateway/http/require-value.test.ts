// What a client is told of the fields of its request that nobody knows.
import { expect, test } from 'vitest';
import { requireValue } from './require-value.ts';

function told(ignored: readonly string[]): unknown {
  const headers = new Map<string, unknown>();
  const response = { setHeader: (name: string, value: unknown) => headers.set(name, value) };
  const value = requireValue({ value: 'read', ignored } as never, response as never);
  expect(value).toBe('read');
  return headers.get('x-tiegel-ignored-fields');
}

test('fields that were left out are named in a header, up to thirty-two of them', () => {
  const names = Array.from({ length: 33 }, (_, index) => `field_${index}`);
  expect(told([])).toBeUndefined();
  expect(told(['a', 'b.c[0]-d'])).toBe('a, b.c[0]-d');
  expect(told(names.slice(0, 32))).toBe(names.slice(0, 32).join(', '));
  expect(told(names)).toBe(`${names.slice(0, 32).join(', ')}, and 1 more`);
});

test('what a header cannot hold is encoded, and what looks like a key is hidden', () => {
  expect(told(['a\r\nset-cookie: b', 'ü', ','])).toBe('a%0D%0Aset-cookie%3A%20b, %C3%BC, %2C');
  const key = `tgl_sk_${'a'.repeat(49)}`;
  expect(told([key])).not.toContain(key);
});

test('a problem is refused with its field and its sentence', () => {
  const read = { problem: { field: 'a.b', sentence: 'The field a.b is none.' } };
  expect(() => requireValue(read as never, {} as never)).toThrow('The field a.b is none.');
  try {
    requireValue(read as never, {} as never);
  } catch (error) {
    expect(error).toMatchObject({ code: 'TGL_REQUEST_INVALID', details: { field: 'a.b' } });
  }
});
