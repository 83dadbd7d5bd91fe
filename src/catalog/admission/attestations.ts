// Statements of this machine about anything: in-toto statements in envelopes that the key of its catalog has signed.
import { type Envelope, type OpenedEnvelope, openEnvelope, sealEnvelope } from './dsse.ts';
import { inTotoPayload, type Statement } from './in-toto.ts';
import { type SigningKey, verifyingKey } from './signing-key.ts';

export type Attestations = {
  readonly sign: (statement: Statement) => Envelope;
  /** In hexadecimal. */
  readonly publicKey: string;
};

/** What an envelope says by the word of this key, or why it is not to be believed. */
export function openAttestation(envelope: unknown, publicKey: string): OpenedEnvelope {
  return openEnvelope(envelope, inTotoPayload, verifyingKey(publicKey));
}

export function createAttestations(key: SigningKey): Attestations {
  return {
    sign: (statement) => sealEnvelope(JSON.stringify(statement), inTotoPayload, key),
    publicKey: key.publicKey,
  };
}
