// The keys of what people wrote: one for each principal and month, a file each. Whoever destroys the file has made unreadable what
// was sealed with it, wherever copies of that lie; so the keys belong into no backup of the content.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createFileAtomically,
  type Disk,
  type Entropy,
  makeDirectory,
  removeDurably,
  TiegelError,
} from '../../base/index.ts';

export type ContentKeys = {
  /** The key of a month such as `2026-11`, made where it is missing; undefined for whoever was erased. */
  readonly keyFor: (principal: string, month: string) => Uint8Array | undefined;
  /** The key where there is one. @throws TGL_DATA_DIRECTORY for a damaged one */
  readonly find: (principal: string, month: string) => Uint8Array | undefined;
  /** The months for which somebody has a key. */
  readonly monthsOf: (principal: string) => readonly string[];
  /** Who has keys. */
  readonly principals: () => readonly string[];
  /** Whose keys were destroyed. */
  readonly erased: () => readonly string[];
  /** Destroys the keys of a principal, who gets none again. Durable when it returns. */
  readonly destroy: (principal: string) => void;
  /** Destroys the keys of a month where nothing is left that they open. */
  readonly destroyMonth: (month: string) => void;
};

const keyBytes = 32;
const erasedMark = 'erased';

export function openContentKeys(directory: string, entropy: Entropy, disk: Disk): ContentKeys {
  const folderOf = (principal: string): string => join(directory, safeName(principal));
  const pathOf = (principal: string, month: string): string => join(folderOf(principal), `${month}.key`);
  const isErased = (principal: string): boolean => existsSync(join(folderOf(principal), erasedMark));
  const find = (principal: string, month: string): Uint8Array | undefined => {
    const path = pathOf(principal, month);
    if (!existsSync(path)) return undefined;
    const key = readFileSync(path);
    if (key.length === keyBytes) return key;
    throw new TiegelError('TGL_DATA_DIRECTORY', {
      path,
      reason: `it has ${key.length} bytes, not ${keyBytes}`,
    });
  };
  const monthsOf = (principal: string): readonly string[] =>
    namesIn(folderOf(principal)).flatMap((name) => /^(\d{4}-\d\d)\.key$/.exec(name)?.[1] ?? []);
  return {
    find,
    monthsOf,
    erased: () => namesIn(directory).filter(isErased),
    principals: () => namesIn(directory).filter((name) => monthsOf(name).length > 0),
    keyFor: (principal, month) => {
      if (isErased(principal)) return undefined;
      const known = find(principal, month);
      if (known !== undefined) return known;
      makeDirectory(folderOf(principal), 0o700, disk);
      createFileAtomically(pathOf(principal, month), entropy(keyBytes), { mode: 0o600, disk });
      return find(principal, month);
    },
    destroy: (principal) => {
      makeDirectory(folderOf(principal), 0o700, disk);
      // The mark comes first: a request that is still running makes no new key afterwards.
      createFileAtomically(join(folderOf(principal), erasedMark), '', { mode: 0o600, disk });
      for (const month of monthsOf(principal)) removeDurably(pathOf(principal, month), disk);
    },
    destroyMonth: (month) => {
      for (const principal of namesIn(directory))
        if (existsSync(pathOf(principal, month))) removeDurably(pathOf(principal, month), disk);
    },
  };
}

function namesIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).sort() : [];
}

/** @throws TypeError for what could name another folder */
function safeName(principal: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(principal)) return principal;
  throw new TypeError(
    'openContentKeys: the name of a principal has other characters than letters and digits',
  );
}

const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: nonce, text, tag. What it belongs to is bound to it, so that it opens nowhere else. */
export function seal(key: Uint8Array, belongsTo: string, text: string, entropy: Entropy): Uint8Array {
  const nonce = entropy(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(belongsTo));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined for what was sealed with another key, for something else, or was changed. */
export function unseal(key: Uint8Array, belongsTo: string, sealed: Uint8Array): string | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(belongsTo))
    .setAuthTag(sealed.subarray(end));
  try {
    const text = decipher.update(sealed.subarray(nonceBytes, end));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
