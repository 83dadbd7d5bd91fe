// Keys of Tiegel in text that somebody else may read: whatever a client, a command or a server wrote them into, they leave the
// program in no error and no log.

/** As many characters as nobody finds in a text by chance, of which a guess of the rest is no easier. */
const keyLike = /tgl_(?:[sa]k_)?[0-9A-Za-z_-]{8,}/g;

/**
 * The same text with each key cut down to its prefix.
 *
 * @example
 * import { hideKeys } from './src/base/hide-keys.ts';
 * hideKeys('no model "tgl_sk_0123456789"'); // → 'no model "tgl_…"'
 */
export function hideKeys(text: string): string {
  return text.includes('tgl_') ? text.replaceAll(keyLike, 'tgl_…') : text;
}
