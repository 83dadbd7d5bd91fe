import { expect, test } from 'vitest';
import { parseLayoutSetting } from './layout-setting.ts';

test('a setting is what was measured, what is usual, or what differs from it', () => {
  expect(parseLayoutSetting('measured')).toBe('measured');
  expect(parseLayoutSetting('usual')).toEqual({});
  expect(parseLayoutSetting('threads=4')).toEqual({ threads: 4 });
  expect(parseLayoutSetting('attention=flash, caches=each')).toEqual({ attention: 'flash', caches: 'each' });
});

test('anything else is none', () => {
  const others = [
    ...['', 'fast', 'threads=0', 'threads=1000', 'threads=two', 'threads', 'attention=one', 'caches=plain'],
    ...['threads=1,threads=2', 'threads=1,', 'threads=1=2', 'usual,threads=1', '__proto__=1'],
  ];
  for (const text of others) expect(parseLayoutSetting(text)).toBeUndefined();
});
