import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemEntropy } from '../../base/index.ts';
import { recordingDisk } from '../../base/testing.ts';
import { openKeyRing } from './key-ring.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tiegel-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (operatorKey?: string): ReturnType<typeof openKeyRing> =>
  openKeyRing({ directory, entropy: systemEntropy, ...(operatorKey !== undefined && { operatorKey }) });

describe('the generated key', () => {
  test('is shown at the first start only and works from then on', () => {
    const { freshKey, ring } = open();
    expect(freshKey).toMatch(/^tgl_[\w-]{43}$/);
    expect(ring.authenticate(freshKey!, '')).toMatchObject({ account: 'operator' });
    const second = open();
    expect(second.freshKey).toBeUndefined();
    expect(second.ring.authenticate(freshKey!, '')).toMatchObject({ account: 'operator' });
    expect(second.ring.givenByOperator).toBe(false);
  });

  test('is not in the file, which nobody else can read', () => {
    const { freshKey } = open();
    const path = join(directory, 'key-ring.json');
    expect(readdirSync(directory)).toEqual(['key-ring.json']);
    expect(readFileSync(path, 'utf8')).not.toContain(freshKey!.slice(4));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('survives a crash of the machine, and a full disk leaves none', () => {
    expect(() => openKeyRing({ directory, entropy: systemEntropy, disk: recordingDisk(2) })).toThrow(
      expect.objectContaining({ code: 'TGL_DISK_FULL' }),
    );
    expect(readdirSync(directory)).toEqual([]);
    const disk = recordingDisk();
    openKeyRing({ directory, entropy: systemEntropy, disk });
    expect(disk.operations.length).toBeGreaterThan(0);
    expect(disk.undurable()).toEqual([]);
  });

  test('of two first starts at once is the one that is stored', () => {
    let nested: ReturnType<typeof openKeyRing> | undefined;
    const entropy = (length: number): Uint8Array => {
      if (length === 32) nested ??= open();
      return systemEntropy(length);
    };
    const outer = openKeyRing({ directory, entropy });
    expect(outer.freshKey).toBeUndefined();
    expect(outer.ring.authenticate(nested!.freshKey!, '')).toMatchObject({ account: 'operator' });
  });

  test.each([
    ['empty', ''],
    ['half', '{"version":1,'],
    ['without keys', '{"version":1,"pepper":"00","keys":[]}'],
    ['null', 'null'],
  ])('in a file that is damaged (%s) is a typed error', (_, content) => {
    writeFileSync(join(directory, 'key-ring.json'), content, { mode: 0o600 });
    expect(() => open()).toThrow(expect.objectContaining({ code: 'TGL_DATA_DIRECTORY' }));
  });

  test('in a file that others can read is a typed error', () => {
    open();
    chmodSync(join(directory, 'key-ring.json'), 0o644);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'TGL_DATA_DIRECTORY' }));
  });
});

describe('the key of the operator', () => {
  test('replaces the generated one and is not stored', () => {
    const { freshKey } = open();
    const { ring, freshKey: none } = open('an-operator-chose-this');
    expect(ring.authenticate('an-operator-chose-this', '')).toMatchObject({ account: 'operator' });
    expect(ring.authenticate(freshKey!, '')).toBeUndefined();
    expect([ring.givenByOperator, none]).toEqual([true, undefined]);
    expect(readFileSync(join(directory, 'key-ring.json'), 'utf8')).not.toContain('operator');
  });

  test.each(['', 'short', 'with a blank in the middle', 'x'.repeat(257)])('%j is refused', (key) => {
    expect(() => open(key)).toThrow(expect.objectContaining({ code: 'TGL_ENVIRONMENT_INVALID' }));
  });
});

test('hostile values are refused at once', () => {
  const { freshKey, ring } = open();
  const key = freshKey!;
  const utf16 = Buffer.from(key, 'utf16le').toString('latin1');
  const hostile = [
    '',
    key.slice(0, -1),
    `${key}\0`,
    ` ${key}`,
    key.toUpperCase(),
    utf16,
    '\ud800',
    'k'.repeat(2e6),
  ];
  const started = process.cpuUsage();
  for (const value of hostile) expect(ring.authenticate(value, '')).toBeUndefined();
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(100);
});
