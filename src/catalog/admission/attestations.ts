// Statements of this machine about anything: in-toto statements in envelopes that the key of its catalog has signed.
import { type Envelope, type OpenedEnvelope, openEnvelope, sealEnvelope } from './dsse.ts';
import { inTotoPayload, type Statement } from './in-toto.ts';
import type { SigningKey } from './signing-key.ts';

export type Attestations = {
  readonly sign: (statement: Statement) => Envelope;
  /** What an envelope says, or why it is not to be believed. */
  readonly open: (envelope: unknown) => OpenedEnvelope;
};

export function createAttestations(key: SigningKey): Attestations {
  return {
    sign: (statement) => sealEnvelope(JSON.stringify(statement), inTotoPayload, key),
    open: (envelope) => openEnvelope(envelope, inTotoPayload, key),
  };
}
