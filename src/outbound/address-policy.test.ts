import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressPolicy, checkAddress, checkUrl, parseUrl, rangeOf } from './address-policy.ts';

const nothing = addressPolicy([]);
const refused = expect.objectContaining({ code: 'TGL_OUTBOUND_REFUSED' });

describe('address policy', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['fe80::1', 'linkLocal'],
    ['fe80::1%eth0', 'linkLocal'],
    ['2606:4700::1111%eth0', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['fd00::1', 'uniqueLocal'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['255.255.255.255', 'broadcast'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['64:ff9b::7f00:1', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['not an address', 'unknown'],
  ])('%s is %s and refused', (address, range) => {
    expect(rangeOf(address)).toBe(range);
    expect(() => checkAddress(address, 'https://example.com', nothing)).toThrow(refused);
  });

  test.each(['93.184.216.34', '2606:4700::1111', '::ffff:93.184.216.34'])('%s is public', (address) => {
    expect(() => checkAddress(address, 'https://example.com', nothing)).not.toThrow();
  });

  test.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://１２７.0.0.1/',
    'http://%31%32%37.0.0.1/',
  ])('%s is read as the loopback address that it is', (text) => {
    expect(parseUrl(text).hostname).toBe('127.0.0.1');
  });

  test.each([
    'file:///etc/passwd',
    'ftp://example.com',
    'https://key@example.com',
    'https://:key@example.com',
    'https://',
    'x',
    '',
  ])('%j is no address for us', (text) => {
    expect(() => parseUrl(text)).toThrow(refused);
  });

  test('an origin that the operator named may be private and without TLS, but never link-local', () => {
    const policy = addressPolicy(['http://gpu.internal:8000/v1']);
    const origin = 'http://gpu.internal:8000';
    expect(() => checkUrl(parseUrl(`${origin}/v1/models`), policy)).not.toThrow();
    expect(() => checkAddress('10.0.0.7', origin, policy)).not.toThrow();
    expect(() => checkAddress('169.254.169.254', origin, policy)).toThrow(refused);
    for (const other of ['http://gpu.internal:8001', 'https://gpu.internal:8000']) {
      expect(() => checkAddress('10.0.0.7', other, policy)).toThrow(refused);
    }
    expect(() => checkUrl(parseUrl('http://example.com'), policy)).toThrow(refused);
  });

  test('no private IPv4 address passes in any IPv6 dress', () => {
    const local = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
    );
    fc.assert(
      fc.property(local, fc.constantFrom('::ffff:', '64:ff9b::', '::'), (bytes, prefix) => {
        expect(() => checkAddress(prefix + bytes.join('.'), 'https://example.com', nothing)).toThrow(refused);
      }),
    );
  });
});
