// Whose signatures a command believes: this installation's own, those of keys that the log of decisions names, and those that the
// command line adds.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TiegelError } from '../base/index.ts';
import type { Catalog, TrustedKey } from '../catalog/index.ts';

export type KeyFlags = { readonly publicKey?: readonly string[]; readonly key?: readonly string[] };

const hexadecimal = /^[0-9a-f]{64}$/;

/** The own key first. Where the log of decisions cannot be relied on, nobody in it is trusted. @throws TGL_USAGE */
export function trustedKeys(
  { attestations, decisions }: Catalog,
  { publicKey = [], key = [] }: KeyFlags,
): readonly TrustedKey[] {
  const wrong = publicKey.find((each) => !hexadecimal.test(each));
  if (wrong !== undefined)
    throw new TiegelError('TGL_USAGE', {
      problem: `--public-key is ${wrong}; expected 64 hexadecimal digits.`,
    });
  const log = decisions.read();
  return [
    { key: attestations.publicKey, name: 'this installation' },
    ...(log.sound ? log.trusted : []),
    ...publicKey.map((each) => ({ key: each, name: '--public-key' })),
    ...key.map((file) => ({ key: publicKeyIn(file), name: file })),
  ];
}

/** An Ed25519 key in hexadecimal: given so, or as a file that holds one. @throws TGL_USAGE */
export function publicKeyFrom(text: string): string {
  return hexadecimal.test(text) ? text : publicKeyIn(text);
}

function publicKeyIn(file: string): string {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (hexadecimal.test(text)) return text;
    const key = createPublicKey(text);
    if (key.asymmetricKeyType === 'ed25519')
      return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  } catch {
    // What is no file or no key is told like a key of another kind.
  }
  throw new TiegelError('TGL_USAGE', {
    problem: `${file} holds no Ed25519 key; expected one in PEM, or 64 hexadecimal digits.`,
  });
}
