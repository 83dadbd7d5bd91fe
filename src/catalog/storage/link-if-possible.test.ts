// Where a second name for the same bytes can be had, and what is no reason to go without one.
import { expect, test } from 'vitest';
import { type Disk, systemDisk } from '../../base/index.ts';
import { linkIfPossible } from './link-if-possible.ts';

function diskWith(code: string | undefined): Disk {
  return {
    ...systemDisk,
    linkSync: () => {
      if (code !== undefined) throw Object.assign(new Error(code), { code });
    },
  };
}

test('it is made where the file system can, and left where it cannot', () => {
  expect(linkIfPossible('a', 'b', diskWith(undefined))).toBe(true);
  for (const code of ['ENOTSUP', 'EPERM', 'EXDEV', 'ENOSYS'])
    expect([code, linkIfPossible('a', 'b', diskWith(code))]).toEqual([code, false]);
});

test.each(['ENOSPC', 'EEXIST', 'ENOENT', 'EIO'])('%s is a fault', (code) => {
  expect(() => linkIfPossible('a', 'b', diskWith(code))).toThrow(code);
});
