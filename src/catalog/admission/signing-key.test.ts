import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { recordingDisk } from '../../base/testing.ts';
import { temporaryDirectory } from '../fixture.ts';
import { openSigningKey } from './signing-key.ts';

test('a key is made once, for its owner only, and found again', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'signing.pem');
  const first = openSigningKey(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(first.publicKey).toMatch(/^[0-9a-f]{64}$/);
  expect(openSigningKey(path).publicKey).toBe(first.publicKey);
  expect(readdirSync(directory.path)).toEqual(['signing.pem']);
});

test('a new key survives a crash of the machine, and a full disk leaves none', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'signing.pem');
  expect(() => openSigningKey(path, recordingDisk(2))).toThrow(
    expect.objectContaining({ code: 'TGL_DISK_FULL' }),
  );
  expect(readdirSync(directory.path)).toEqual([]);
  const disk = recordingDisk();
  openSigningKey(path, disk);
  expect(disk.operations.length).toBeGreaterThan(0);
  expect(disk.undurable()).toEqual([]);
});

test('a signature holds for its text only', () => {
  using directory = temporaryDirectory();
  const key = openSigningKey(join(directory.path, 'signing.pem'));
  const signature = key.sign('text');
  expect(key.verify('text', signature)).toBe(true);
  expect(key.verify('texT', signature)).toBe(false);
  for (const other of [signature.toUpperCase(), `${signature}00`, signature.slice(2), '', null, 7]) {
    expect(key.verify('text', other)).toBe(false);
  }
});

test('first starts at the same time agree on one key', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'signing.pem');
  const script = `
    import { openSigningKey } from ${JSON.stringify(join(import.meta.dirname, 'signing-key.ts'))};
    import { systemEntropy } from ${JSON.stringify(join(import.meta.dirname, '../../base/index.ts'))};
    console.log(openSigningKey(${JSON.stringify(path)}).publicKey);`;
  const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const printed = await Promise.all([start(), start(), start(), start()]);
  expect(new Set(printed.map(({ stdout }) => stdout)).size).toBe(1);
});

test.skipIf(process.platform === 'win32')('a key that others can read is refused', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'signing.pem');
  openSigningKey(path);
  chmodSync(path, 0o640);
  expect(() => openSigningKey(path)).toThrow(/0600/);
});

test('what is not an Ed25519 key is refused', () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'signing.pem');
  const { privateKey } = generateKeyPairSync('x25519');
  for (const content of ['', 'nonsense', privateKey.export({ format: 'pem', type: 'pkcs8' })]) {
    writeFileSync(path, content, { mode: 0o600 });
    expect(() => openSigningKey(path)).toThrow(expect.objectContaining({ code: 'TGL_SIGNING_KEY_INVALID' }));
  }
  mkdirSync(join(directory.path, 'folder.pem'), { mode: 0o700 });
  expect(() => openSigningKey(join(directory.path, 'folder.pem'))).toThrow(
    expect.objectContaining({ code: 'TGL_SIGNING_KEY_INVALID' }),
  );
});
