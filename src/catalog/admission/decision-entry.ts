// One line of the log of decisions: what was decided about what, after which line, at what time and at what latest time that was ever
// seen; signed with the key of this installation. One file for each, which is never replaced.
import { z } from 'zod';
import { canonicalJson, type Digest, type Json } from '../../base/index.ts';
import type { Revocation } from './revocation.ts';
import type { SigningKey } from './signing-key.ts';

/** What an entry says. */
export type Decision =
  /** The log begins; nothing was decided before, or nothing of it counts. */
  | { readonly kind: 'begin'; readonly reason: string }
  /** The record of this admission key is the file with this content. */
  | { readonly kind: 'admission'; readonly target: Digest; readonly content: Digest; readonly model: string }
  /** Revoked, rejected or lifted. */
  | { readonly kind: 'revocation'; readonly target: Digest; readonly revocation: Revocation }
  /** The policies that the officer accepts are the file with this content. */
  | { readonly kind: 'officer'; readonly content: Digest }
  /** Whether signatures with this key of somebody else are believed here. */
  | ({ readonly kind: 'trust'; readonly trusted: boolean } & TrustedKey);

/** A public key in hexadecimal, and whose it is said to be. */
export type TrustedKey = { readonly key: string; readonly name: string };

export type DecisionEntry = {
  readonly schema: 1;
  /** From 1; no number is left out. */
  readonly number: number;
  /** SHA-256 of the file of the entry before; null for the first. */
  readonly previous: Digest | null;
  /** ISO 8601. */
  readonly time: string;
  /** ISO 8601: the latest time that was seen by then. */
  readonly latest: string;
  readonly decision: Decision;
};

const digest = z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;
const time = z.iso.datetime();

const revocation = z.strictObject({
  model: z.string(),
  reason: z.string(),
  time: z.string(),
  revoked: z.boolean(),
  policy: z.string().exactOptional(),
  rejectedBy: z.strictObject({ digest, document: z.json() as unknown as z.ZodType<Json> }).exactOptional(),
});

const entrySchema: z.ZodType<DecisionEntry> = z.strictObject({
  schema: z.literal(1),
  number: z.int().min(1),
  previous: digest.nullable(),
  time,
  latest: time,
  decision: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('begin'), reason: z.string() }),
    z.strictObject({ kind: z.literal('admission'), target: digest, content: digest, model: z.string() }),
    z.strictObject({ kind: z.literal('revocation'), target: digest, revocation }),
    z.strictObject({ kind: z.literal('officer'), content: digest }),
    z.strictObject({
      kind: z.literal('trust'),
      trusted: z.boolean(),
      key: z.string().regex(/^[0-9a-f]{64}$/),
      name: z.string(),
    }),
  ]),
});

/** Keeps a signature over an entry from being taken for one over anything else. */
const purpose = 'tiegel decision, schema 1\n';

const fileSchema = z.strictObject({ entry: z.unknown(), signature: z.string() });

/** The text of its file. */
export function entryText(entry: DecisionEntry, key: SigningKey): string {
  return `${JSON.stringify({ entry, signature: key.sign(purpose + canonicalJson(entry)) })}\n`;
}

/** The entry that a file holds, or what is wrong with it. */
export function readEntry(text: string, key: SigningKey): DecisionEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const file = fileSchema.safeParse(value);
  const entry = entrySchema.safeParse(file.data?.entry);
  if (file.data === undefined || entry.data === undefined) return 'it is no entry';
  if (!key.verify(purpose + canonicalJson(entry.data), file.data.signature))
    return 'its signature does not fit its content';
  return entry.data;
}
