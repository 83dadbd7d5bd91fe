// Statements of the in-toto Attestation Framework v1: what is said (the predicate) of what (the subject).
import type { Json } from '../../base/index.ts';

export type Statement = {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: { readonly [name: string]: Json };
};

/** The media type of a statement in an envelope. */
export const inTotoPayload = 'application/vnd.in-toto+json';
