// How keys look: `tgl_`, `sk_` for one that asks models or `ak_` for one of administration, 43 random characters of base 62 and
// their CRC-32 in 6, so that scanners of leaked secrets recognise a key, and verify it without asking anybody. Links that sign
// somebody in (`sl_`) and sessions (`ss_`) have the same form.
import { crc32 } from 'node:zlib';
import { type Entropy, firstAccepted } from '../../base/index.ts';

export type SecretKind = keyof typeof prefixes;

const prefixes = {
  inference: 'tgl_sk_',
  administration: 'tgl_ak_',
  link: 'tgl_sl_',
  session: 'tgl_ss_',
} as const;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62 ** 43 is more than 2 ** 256. */
const randomCharacters = 43;
const checkCharacters = 6;
/** The largest multiple of 62 that a byte holds; bytes from here on would favour some characters. */
const fairBytes = 248;

/** A fresh key. */
export function makeKey(kind: SecretKind, entropy: Entropy): string {
  let random = '';
  const draw = (): true | undefined => {
    for (const byte of entropy(randomCharacters))
      if (byte < fairBytes && random.length < randomCharacters) random += alphabet[byte % alphabet.length];
    return random.length === randomCharacters ? true : undefined;
  };
  if (firstAccepted(100, draw) === undefined) throw new TypeError('makeKey: the source of entropy is broken');
  const body = prefixes[kind] + random;
  return body + checkOf(body);
}

/**
 * Whether a text can be a key of this form. Keys of older versions have another one.
 *
 * @example
 * import { isWellFormedKey } from './src/store/index.ts';
 * isWellFormedKey('tgl_sk_' + 'a'.repeat(49)); // → false
 */
export function isWellFormedKey(text: string): boolean {
  const match = /^(tgl_[sa]k_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(text);
  return match !== null && checkOf(match[1] as string) === match[2];
}

/** What is shown of a key later: its prefix and its last four characters. */
export function hintOf(key: string): string {
  const prefix = Object.values(prefixes).find((known) => key.startsWith(known)) ?? 'tgl_';
  return `${prefix}...${key.slice(-4)}`;
}

function checkOf(body: string): string {
  let [rest, text] = [crc32(body), ''];
  for (let place = 0; place < checkCharacters; place++) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
