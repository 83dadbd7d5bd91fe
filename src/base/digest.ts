// SHA-256 digests as values. A digest is parsed to bytes before anything is done with it, so that no path is ever
// built from text that came from outside.
import { createHash, hash as digest } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson, type Json } from './canonical-json.ts';
import { TiegelError } from './error.ts';

/** 64 lower-case hexadecimal digits; only the functions of this file make one. */
export type Digest = string & { readonly __brand: 'Digest' };

/** @throws TGL_DIGEST_INVALID for anything but 64 lower-case hexadecimal digits. */
export function parseDigest(text: unknown): Digest {
  if (typeof text !== 'string' || !/^[0-9a-f]{64}$/.test(text)) {
    throw new TiegelError('TGL_DIGEST_INVALID', { received: JSON.stringify(text) ?? String(text) });
  }
  return Buffer.from(text, 'hex').toString('hex') as Digest;
}

/**
 * SHA-256 of bytes or of the UTF-8 form of a text.
 *
 * @example
 * import { digestOf } from './src/base/index.ts';
 * digestOf('abc').slice(0, 8); // → 'ba7816bf'
 */
export function digestOf(content: Uint8Array | string): Digest {
  return digest('sha256', content, 'hex') as Digest;
}

/** SHA-256 of the canonical JSON of a value. */
export function digestOfJson(value: Json): Digest {
  return digestOf(canonicalJson(value));
}

/** SHA-256 of a file, read in chunks. */
export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex') as Digest;
}
