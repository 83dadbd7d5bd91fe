// The key that signs admission records: Ed25519 (RFC 8032) in PKCS #8 PEM, made at the first start, readable by its
// owner only. A complete file is linked into place, so that two first starts agree on one key.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createFileAtomically, type Disk, systemDisk, TiegelError } from '../../base/index.ts';

export type VerifyingKey = {
  /** The public key: 32 bytes in hexadecimal. */
  readonly publicKey: string;
  readonly verify: (text: string, signature: unknown) => boolean;
};

export type SigningKey = VerifyingKey & {
  /** The signature of a text: 64 bytes in hexadecimal. */
  readonly sign: (text: string) => string;
};

/** @param publicKey 32 bytes in hexadecimal; what is none verifies nothing */
export function verifyingKey(publicKey: string): VerifyingKey {
  if (!/^[0-9a-f]{64}$/.test(publicKey)) return { publicKey, verify: () => false };
  const x = Buffer.from(publicKey, 'hex').toString('base64url');
  return verifyingWith(publicKey, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }));
}

function verifyingWith(publicKey: string, key: KeyObject): VerifyingKey {
  return {
    publicKey,
    verify: (text, signature) =>
      typeof signature === 'string' &&
      /^[0-9a-f]{128}$/.test(signature) &&
      verifyBytes(null, Buffer.from(text), key, Buffer.from(signature, 'hex')),
  };
}

/**
 * The key at `path`, made there if the file does not exist.
 *
 * @throws TGL_SIGNING_KEY_INVALID when others can read it or it holds no Ed25519 key; TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE
 */
export function openSigningKey(path: string, disk: Disk = systemDisk): SigningKey {
  const pem = readKey(path) ?? makeKey(path, disk);
  const privateKey = parsePrivateKey(path, pem);
  const publicKey = createPublicKey(privateKey);
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  return {
    ...verifyingWith(hex, publicKey),
    sign: (text) => signBytes(null, Buffer.from(text), privateKey).toString('hex'),
  };
}

function readKey(path: string): string | undefined {
  try {
    const readableByOthers = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
    if (readableByOthers) refuse(path, 'others may read it; its mode has to be 0600');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (TiegelError.isInstance(cause)) throw cause;
    return refuse(path, String(cause), cause);
  }
}

function makeKey(path: string, disk: Disk): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  createFileAtomically(path, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, {
    mode: 0o600,
    disk,
  });
  return readFileSync(path, 'utf8');
}

function parsePrivateKey(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    return refuse(path, 'it is not a private key in PEM form', cause);
  }
  if (key.asymmetricKeyType !== 'ed25519') refuse(path, `it is a ${key.asymmetricKeyType} key, not Ed25519`);
  return key;
}

function refuse(path: string, problem: string, cause?: unknown): never {
  throw new TiegelError('TGL_SIGNING_KEY_INVALID', { path, problem }, { cause });
}
