// Signed envelopes: DSSE v1.0 (secure-systems-lab/dsse) with Ed25519. What is signed is the pre-authentication encoding
// of type and payload, so that a signature over one type of payload is none over another.
import type { SigningKey, VerifyingKey } from './signing-key.ts';

export type Envelope = {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  /** `keyid` is the public key in hexadecimal: a hint that nobody has to believe. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
};

export type OpenedEnvelope =
  | { readonly sound: true; readonly payload: string }
  | { readonly sound: false; readonly problem: string };

export function sealEnvelope(payload: string, payloadType: string, key: SigningKey): Envelope {
  return envelope(payload, payloadType, key, key.sign(preAuthentication(payloadType, payload)));
}

function envelope(payload: string, payloadType: string, { publicKey }: VerifyingKey, hex: string): Envelope {
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid: publicKey, sig: Buffer.from(hex, 'hex').toString('base64') }],
  };
}

/** The payload of an envelope that this key has signed; it has one spelling only, stricter than DSSE asks. */
export function openEnvelope(value: unknown, payloadType: string, key: VerifyingKey): OpenedEnvelope {
  const unsound = (problem: string): OpenedEnvelope => ({ sound: false, problem });
  const given = value as Partial<Envelope> | null;
  if (typeof given !== 'object' || given === null || typeof given.payload !== 'string')
    return unsound('it is not an envelope');
  if (given.payloadType !== payloadType) return unsound(`its payload is not ${payloadType}`);
  const payload = Buffer.from(given.payload, 'base64').toString();
  const sig = given.signatures?.[0]?.sig;
  const hex = typeof sig === 'string' ? Buffer.from(sig, 'base64').toString('hex') : '';
  if (given.signatures?.[0]?.keyid !== key.publicKey) return unsound('it was signed with another key');
  if (!key.verify(preAuthentication(payloadType, payload), hex))
    return unsound('its signature does not fit its content');
  const expected = JSON.stringify(envelope(payload, payloadType, key, hex));
  return JSON.stringify({ ...given }) === expected
    ? { sound: true, payload }
    : unsound('it is not written as envelopes are');
}

/** PAE of the specification; lengths count bytes. */
export function preAuthentication(payloadType: string, payload: string): string {
  const length = (text: string): number => Buffer.byteLength(text);
  return `DSSEv1 ${length(payloadType)} ${payloadType} ${length(payload)} ${payload}`;
}
