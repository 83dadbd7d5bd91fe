// What a measurement is kept as: a JSON object with one member of its kind, signed by this installation, so that what somebody
// changed by hand, or brought from elsewhere, is not believed.
import type { z } from 'zod';
import { canonicalJson, type Json } from '../../base/index.ts';

/** Signs texts; equal texts have equal signatures (Ed25519). */
export type Signer = { readonly publicKey: string; readonly sign: (text: string) => string };

export function signedText(kind: string, value: object, { publicKey, sign }: Signer): string {
  const signature = sign(canonicalJson(value as unknown as Json));
  return `${JSON.stringify({ [kind]: value, signature, key: publicKey }, null, 2)}\n`;
}

/** The value, or what is wrong with the text: it is something else, was changed, or comes from another installation. */
export function readSignedText<Value>(
  kind: string,
  schema: z.ZodType<Value>,
  text: string,
  { publicKey, sign }: Signer,
): { readonly value: Value } | { readonly problem: string } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { problem: 'it is no JSON' };
  }
  const { [kind]: held, signature, key } = (read ?? {}) as Readonly<Record<string, unknown>>;
  const parsed = schema.safeParse(held);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${[kind, ...(issue?.path ?? [])].join('.')}: ${issue?.message}` };
  }
  if (key !== publicKey) return { problem: 'it is signed by another installation' };
  if (sign(canonicalJson(parsed.data as unknown as Json)) !== signature)
    return { problem: 'it was changed after it was signed' };
  return { value: parsed.data };
}
