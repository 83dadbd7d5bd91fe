import { describe, expect, test } from 'vitest';
import { type Envelope, openEnvelope, preAuthentication, sealEnvelope } from './dsse.ts';
import type { SigningKey } from './signing-key.ts';

/** Signs with its name in front, which shows what was signed. */
function key(name: string): SigningKey {
  const sign = (text: string): string => Buffer.from(`${name}:${text}`).toString('hex');
  return { publicKey: name, sign, verify: (text, signature) => signature === sign(text) } as SigningKey;
}

const ours = key('ours');
const type = 'application/x';
const sealed = sealEnvelope('{"ä":1}', type, ours);
const opened = (value: unknown, payloadType = type, by = ours) => openEnvelope(value, payloadType, by);
const changed = (change: Partial<Record<keyof Envelope, unknown>>) => opened({ ...sealed, ...change });

test('what is signed counts the bytes of type and payload', () => {
  // The example of the specification, and one whose characters are not its bytes.
  expect(preAuthentication('http://example.com/HelloWorld', 'hello world')).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
  expect(preAuthentication('ä', 'öü')).toBe('DSSEv1 2 ä 4 öü');
});

describe('an envelope', () => {
  test('opens with the key that has sealed it', () => {
    expect(opened(sealed)).toEqual({ sound: true, payload: '{"ä":1}' });
  });

  test.each([
    ['nothing', null],
    ['nothing at all', undefined],
    ['a text', 'x'],
    ['no payload', {}],
    ['a payload that is none', { ...sealed, payload: 3 }],
  ])('is not %s', (_, value) => {
    expect(opened(value)).toEqual({ sound: false, problem: 'it is not an envelope' });
  });

  test('does not open as another type, nor with another key', () => {
    expect(opened(sealed, 'application/y')).toEqual({
      sound: false,
      problem: 'its payload is not application/y',
    });
    const foreign = { sound: false, problem: 'it was signed with another key' };
    expect(opened(sealed, type, key('theirs'))).toEqual(foreign);
    for (const signatures of [undefined, null, [], [null], [{}]])
      expect(changed({ signatures })).toEqual(foreign);
  });

  test('does not open where payload or signature are not those that belong together', () => {
    const unfit = { sound: false, problem: 'its signature does not fit its content' };
    expect(changed({ payload: Buffer.from('{}').toString('base64') })).toEqual(unfit);
    for (const sig of [undefined, 3, '', Buffer.from('ours:x').toString('base64')])
      expect(changed({ signatures: [{ keyid: 'ours', sig }] })).toEqual(unfit);
  });

  test('has one spelling', () => {
    const { payloadType, payload, signatures } = sealed;
    const other = { sound: false, problem: 'it is not written as envelopes are' };
    expect(opened({ ...sealed, more: 1 })).toEqual(other);
    expect(opened({ payload, payloadType, signatures })).toEqual(other);
    expect(opened({ ...sealed, payload: `${payload} ` })).toEqual(other);
    expect(opened({ payloadType, payload, signatures: [...signatures, ...signatures] })).toEqual(other);
  });
});
