// API keys: 32 random bytes with a prefix that leak scanners can find. Only HMAC-SHA-256 under a server pepper is
// kept, in a file of mode 0600; the key itself is handed out once, when it is made.
import { createHmac, createSecretKey, hash as digest, type KeyObject, timingSafeEqual } from 'node:crypto';
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
import { type Authenticator, createPrincipal, scopes } from '../../traffic/index.ts';

export type KeyRing = Authenticator & {
  /** True when the operator chose the key, which serving beyond this machine requires. */
  readonly givenByOperator: boolean;
};

export type KeyRingOptions = {
  /** Holds `key-ring.json`; made where it is missing. Not touched when the operator gives the key. */
  readonly directory: string;
  readonly entropy: Entropy;
  /** A key that replaces the generated one (TIEGEL_KEY). */
  readonly operatorKey?: string;
  /** @default the disk of this machine */
  readonly disk?: Disk;
};

type StoredRing = { readonly version: 1; readonly pepper: string; readonly keys: readonly string[] };

const maxKeyLength = 256;
const keyPrefix = 'tgl_';

/**
 * Opens the key ring, or makes one with a fresh key at the first start.
 *
 * @returns `freshKey` only when a key was made by this very call; it cannot be read again.
 * @throws TGL_ENVIRONMENT_INVALID for an operator's key that is too short; TGL_DATA_DIRECTORY for a damaged file or one
 *   that others can read.
 */
export function openKeyRing(options: KeyRingOptions): { readonly ring: KeyRing; readonly freshKey?: string } {
  const { directory, entropy, operatorKey } = options;
  if (operatorKey !== undefined) {
    if (!/^[\x21-\x7e]{16,256}$/.test(operatorKey)) {
      throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
        name: 'TIEGEL_KEY',
        received: `a text of ${operatorKey.length} characters`,
        expected: `16 to ${maxKeyLength} printable ASCII characters without blanks`,
      });
    }
    const pepper = createSecretKey(entropy(32));
    return { ring: ringOf(pepper, [keyedHash(pepper, operatorKey)], true) };
  }

  const path = join(directory, 'key-ring.json');
  const freshKey = makeRing(options, path);
  const { pepper, keys } = readRing(path);
  const hashes = keys.map((hash) => Buffer.from(hash, 'hex'));
  const ring = ringOf(createSecretKey(pepper, 'hex'), hashes, false);
  return freshKey === undefined ? { ring } : { ring, freshKey };
}

function ringOf(pepper: KeyObject, hashes: readonly Buffer[], givenByOperator: boolean): KeyRing {
  /** SHA-256 of the keys that were accepted: a plain digest takes a sixth of the time of the keyed one. */
  const remembered = new Set<string>();
  /** Whoever holds one of the keys is the one operator of this server. */
  const operator = createPrincipal({
    organisation: 'local',
    account: 'operator',
    principalId: 'operator',
    keyId: 'operator',
    scopes: new Set(scopes),
    models: null,
    region: null,
    cacheScope: 'operator',
    revoked: new AbortController().signal,
  });
  return {
    givenByOperator,
    authenticate: (presented) => {
      if (presented.length > maxKeyLength) return undefined;
      const name = digest('sha256', presented, 'hex');
      if (remembered.has(name)) return operator;
      const hash = keyedHash(pepper, presented);
      let accepted = false;
      for (const known of hashes) accepted = timingSafeEqual(hash, known) || accepted;
      if (!accepted) return undefined;
      remembered.add(name);
      return operator;
    },
  };
}

/** The pepper is a KeyObject because createHmac takes five times as long over plain bytes. */
function keyedHash(pepper: KeyObject, key: string): Buffer {
  return createHmac('sha256', pepper).update(key).digest();
}

/** The new key, or undefined where a ring exists. Of two first starts at once, the one whose link succeeds wins. */
function makeRing(
  { directory, entropy, disk = systemDisk }: KeyRingOptions,
  path: string,
): string | undefined {
  makeDirectory(directory, 0o700, disk);
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return undefined;
  const key = keyPrefix + Buffer.from(entropy(32)).toString('base64url');
  const pepper = Buffer.from(entropy(32));
  const stored: StoredRing = {
    version: 1,
    pepper: pepper.toString('hex'),
    keys: [keyedHash(createSecretKey(pepper), key).toString('hex')],
  };
  return createFileAtomically(path, `${JSON.stringify(stored)}\n`, { mode: 0o600, disk }) ? key : undefined;
}

function readRing(path: string): StoredRing {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason: 'others can read the keys; run chmod 600' });
  }
  const ring = parseRing(readFileSync(path, 'utf8'));
  if (ring === undefined) {
    const reason = 'the file is damaged; delete it to have a new key made at the next start';
    throw new TiegelError('TGL_DATA_DIRECTORY', { path, reason });
  }
  return ring;
}

function parseRing(text: string): StoredRing | undefined {
  const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
  try {
    const ring = JSON.parse(text) as StoredRing;
    const sound =
      ring.version === 1 && isHash(ring.pepper) && ring.keys.length > 0 && ring.keys.every(isHash);
    return sound ? ring : undefined;
  } catch {
    return undefined;
  }
}
