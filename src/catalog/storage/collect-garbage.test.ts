// Which blobs and shard sets are removed, and which are left alone.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, digestOf } from '../../base/index.ts';
import { temporaryDirectory } from '../fixture.ts';
import { collectGarbage, settleAside } from './collect-garbage.ts';
import { type Layout, openLayout } from './layout.ts';

const [kept, lost, other] = ['kept', 'lost one', 'other'].map((text) => digestOf(text)) as [
  Digest,
  Digest,
  Digest,
];

/** A home with these names among its blobs, each with so many bytes. */
function homeWith(directory: string, names: Readonly<Record<string, number>>): Layout {
  const layout = openLayout(join(directory, 'home'));
  for (const [name, bytes] of Object.entries(names))
    writeFileSync(join(layout.blobs, name), 'b'.repeat(bytes));
  return layout;
}

const blobsIn = ({ blobs }: Layout): readonly string[] => readdirSync(blobs).sort();

test('blobs that nothing names go, and are counted', () => {
  using directory = temporaryDirectory();
  const layout = homeWith(directory.path, { [kept]: 1, [lost]: 20, [other]: 300 });
  expect(collectGarbage(layout, () => new Set([kept]))).toEqual({ blobs: 2, bytes: 320 });
  expect(blobsIn(layout)).toEqual([kept]);
  expect(collectGarbage(layout, () => new Set([kept]))).toEqual({ blobs: 0, bytes: 0 });
});

test('nothing goes while it is not known what is named', () => {
  using directory = temporaryDirectory();
  const layout = homeWith(directory.path, { [kept]: 1, [lost]: 20, [`.${other}.aside`]: 5 });
  mkdirSync(layout.shardSet(lost));
  expect(collectGarbage(layout, () => undefined)).toEqual({ blobs: 0, bytes: 0 });
  expect(blobsIn(layout)).toHaveLength(3);
  // Whether a blob that was set aside is named is not known either, so that it comes back.
  expect(settleAside(layout, () => undefined)).toEqual({ blobs: 0, bytes: 0 });
  expect([blobsIn(layout), existsSync(layout.shardSet(lost))]).toEqual([[kept, lost, other].sort(), true]);
});

test('what is named while it is set aside comes back, and not beside another of its name', () => {
  using directory = temporaryDirectory();
  const layout = homeWith(directory.path, { [kept]: 1, [lost]: 20 });
  let asked = 0;
  const references = (): ReadonlySet<Digest> => new Set(asked++ === 0 ? [] : [lost, kept]);
  expect(collectGarbage(layout, references)).toEqual({ blobs: 0, bytes: 0 });
  expect(blobsIn(layout)).toEqual([kept, lost].sort());
  writeFileSync(join(layout.blobs, `.${kept}.aside`), 'older');
  settleAside(layout, () => new Set([kept, lost]));
  expect(blobsIn(layout)).toEqual([kept, lost].sort());
});

test('what is called otherwise than a blob is none', () => {
  using directory = temporaryDirectory();
  const names = [
    `.${lost}.partial`,
    `x${lost}`,
    `${lost}x`,
    lost.slice(1),
    `.${lost}.aside.old`,
    `a.${lost}.aside`,
  ];
  const layout = homeWith(directory.path, Object.fromEntries(names.map((name) => [name, 1])));
  expect(collectGarbage(layout, () => new Set())).toEqual({ blobs: 0, bytes: 0 });
  expect(blobsIn(layout)).toEqual(names.sort());
});

test('shard sets that nothing names go when blobs do', () => {
  using directory = temporaryDirectory();
  const layout = homeWith(directory.path, { [other]: 1 });
  for (const digest of [kept, lost]) mkdirSync(layout.shardSet(digest));
  mkdirSync(join(layout.shardSets, `x${kept}`));
  collectGarbage(layout, () => new Set([kept]));
  expect(readdirSync(layout.shardSets)).toEqual([kept]);
});
