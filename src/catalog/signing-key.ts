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
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Entropy, syncDirectory, TiegelError } from '../base/index.ts';

export type SigningKey = {
  /** The public key: 32 bytes in hexadecimal. */
  readonly publicKey: string;
  /** The signature of a text: 64 bytes in hexadecimal. */
  readonly sign: (text: string) => string;
  readonly verify: (text: string, signature: unknown) => boolean;
};

/**
 * The key at `path`, made there if the file does not exist.
 *
 * @throws TGL_SIGNING_KEY_INVALID when others can read it or it holds no Ed25519 key
 */
export function openSigningKey(path: string, entropy: Entropy): SigningKey {
  const pem = readKey(path) ?? makeKey(path, entropy);
  const privateKey = parsePrivateKey(path, pem);
  const publicKey = createPublicKey(privateKey);
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    sign: (text) => signBytes(null, Buffer.from(text), privateKey).toString('hex'),
    verify: (text, signature) =>
      typeof signature === 'string' &&
      /^[0-9a-f]{128}$/.test(signature) &&
      verifyBytes(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
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

function makeKey(path: string, entropy: Entropy): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const temporary = `${path}.${Buffer.from(entropy(8)).toString('hex')}.partial`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkUnlessThere(temporary, path);
  } catch (cause) {
    return refuse(path, String(cause), cause);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
  return readFileSync(path, 'utf8');
}

function linkUnlessThere(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
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
