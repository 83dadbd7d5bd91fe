// Checks of what people write into the store. What cannot be kept is refused with the field and what was expected.
import { BlockList, isIP } from 'node:net';
import { hideKeys, TiegelError } from '../../base/index.ts';

const maxName = 200;
const maxListed = 1000;

/** @throws TGL_REQUEST_INVALID */
export function requireName(field: string, text: string): string {
  const isLine = text.length <= maxName && /^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(text);
  // Names stand in lists, and in the audit log for ever.
  if (isLine && hideKeys(text) === text) return text.trim();
  throw refusedField(field, text, `1 to ${maxName} characters on one line without a key among them`);
}

/** A zone of the IANA database. @throws TGL_REQUEST_INVALID */
export function requireTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw refusedField('time_zone', text, 'a zone such as Europe/Rome');
  }
}

/** @throws TGL_REQUEST_INVALID */
export function requireCurrency(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text;
  throw refusedField('currency', text, 'a code of ISO 4217 such as EUR');
}

/** @throws TGL_REQUEST_INVALID */
export function requireOneOf<Word extends string>(field: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw refusedField(field, text, `one of ${words.join(', ')}`);
}

/** Each word once. @throws TGL_REQUEST_INVALID */
export function requireAllOf<Word extends string>(
  field: string,
  texts: readonly string[],
  words: readonly Word[],
): readonly Word[] {
  return [...new Set(texts.map((text) => requireOneOf(field, text, words)))];
}

/** Names of models, without the tag `latest`. @throws TGL_REQUEST_INVALID for an empty list, which would allow nothing */
export function requireModels(names: readonly string[]): readonly string[] {
  if (names.length === 0 || names.length > maxListed)
    throw refusedField(
      'models',
      `${names.length} names`,
      `1 to ${maxListed} names, or none at all for every model`,
    );
  return names.map((name) => requireName('models', name).replace(/:latest$/, ''));
}

/** Addresses and ranges such as 10.0.0.0/8. @throws TGL_REQUEST_INVALID */
export function requireNetworks(texts: readonly string[]): readonly string[] {
  if (texts.length === 0 || texts.length > maxListed)
    throw refusedField(
      'networks',
      `${texts.length} ranges`,
      `1 to ${maxListed} ranges, or none at all for everywhere`,
    );
  networksOf(texts);
  return texts;
}

/** The addresses of these ranges. @throws TGL_REQUEST_INVALID */
export function networksOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', bits, ...more] = text.split('/');
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || more.length > 0 || !(prefix <= most))
      throw refusedField('networks', text, 'an address or a range such as 10.0.0.0/8');
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether an address, as sockets tell it, lies in one of the ranges. */
export function isWithin(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
}

export function refusedField(field: string, received: string, expected: string): TiegelError {
  const problem = `The field ${field} is ${JSON.stringify(received.slice(0, 100))}; expected ${expected}.`;
  return new TiegelError('TGL_REQUEST_INVALID', { problem, field });
}
