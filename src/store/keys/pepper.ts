// The pepper: 32 random bytes outside the database, without which the hashes of keys in it are of no use to whoever has a copy.
// A ring of keys of an older version brings its own, so that its keys go on working.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFileAtomically,
  type Disk,
  type Entropy,
  makeDirectory,
  systemDisk,
  TiegelError,
} from '../../base/index.ts';

export type Pepper = {
  /** HMAC-SHA-256 of a key under the pepper. */
  readonly hash: (key: string) => Buffer;
  /** Hashes of keys of an older version. */
  readonly olderKeys: readonly Uint8Array[];
};

export type PepperOptions = {
  /** Holds the file `pepper`, which is made where it is missing. */
  readonly directory: string;
  readonly entropy: Entropy;
  /** 64 hexadecimal digits, for nodes that share a database (TIEGEL_PEPPER). @default that of the file */
  readonly given?: string | undefined;
  /** @default the disk of this machine */
  readonly disk?: Disk;
};

/**
 * Opens the pepper, or makes one at the first start.
 *
 * @throws TGL_ENVIRONMENT_INVALID; TGL_DATA_DIRECTORY for a damaged file or one that others can read; TGL_DISK_FULL
 */
export function openPepper({ directory, entropy, given, disk = systemDisk }: PepperOptions): Pepper {
  if (given !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(given)) {
      const details = { name: 'TIEGEL_PEPPER', received: `a text of ${given.length} characters` };
      throw new TiegelError('TGL_ENVIRONMENT_INVALID', { ...details, expected: '64 hexadecimal digits' });
    }
    return pepperOf(given, []);
  }
  makeDirectory(directory, 0o700, disk);
  const path = join(directory, 'pepper');
  const older = readOlderRing(join(directory, 'key-ring.json'));
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    const fresh = older?.pepper ?? Buffer.from(entropy(32)).toString('hex');
    // Of two first starts at once, the one whose link succeeds wins.
    createFileAtomically(path, `${fresh}\n`, { mode: 0o600, disk });
  }
  requirePrivate(path);
  const pepper = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(pepper)) {
    const reason = 'the file is damaged; without it no key works any more: bring it back from a backup';
    throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason });
  }
  return pepperOf(pepper, older?.pepper === pepper ? older.keys.map((hash) => Buffer.from(hash, 'hex')) : []);
}

/** The pepper is a KeyObject because createHmac takes five times as long over plain bytes. */
function pepperOf(hexadecimal: string, olderKeys: readonly Uint8Array[]): Pepper {
  const pepper: KeyObject = createSecretKey(hexadecimal, 'hex');
  return { olderKeys, hash: (key) => createHmac('sha256', pepper).update(key).digest() };
}

type OlderRing = { readonly version: 1; readonly pepper: string; readonly keys: readonly string[] };

function readOlderRing(path: string): OlderRing | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  requirePrivate(path);
  const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  try {
    const ring = JSON.parse(readFileSync(path, 'utf8')) as OlderRing;
    if (ring.version === 1 && isHash(ring.pepper) && ring.keys.length > 0 && ring.keys.every(isHash))
      return ring;
  } catch {}
  const reason = 'the file is damaged; delete it to have a new key made at the next start';
  throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason });
}

function requirePrivate(path: string): void {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason: 'others can read the file; run chmod 600' });
}
