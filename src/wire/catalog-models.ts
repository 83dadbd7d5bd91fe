// What GET /v1/x/models answers: every model that the server knows, whether it is served, and what that rests on.
import { z } from 'zod';

export type CatalogModelState =
  | 'admitted'
  | 'admitted-with-conditions'
  | 'quarantined'
  | 'stale'
  | 'revoked'
  | 'rejected';

export type CatalogModel = {
  readonly id: string;
  readonly object: 'catalog_model';
  readonly state: CatalogModelState;
  /** It answers requests of this server. */
  readonly served: boolean;
  /** Why it may not be served; null where it may. */
  readonly reason: string | null;
  /** Name and version of what decided: a policy, else a battery; null where nothing did. */
  readonly decided_by: string | null;
  /** Names of the content filters that it may be served with only. */
  readonly conditions: readonly string[];
  /** What was looked at, where the model was admitted. */
  readonly probes: readonly { readonly name: string; readonly reason: string }[];
  /** The digest of the sealed evidence. */
  readonly evidence: string | null;
  /** Seconds since the Unix epoch, as are the others; of the admission, the rejection or the revocation. */
  readonly decided_at: number | null;
  readonly expires_at: number | null;
  /** Bytes of its weights and their quantisation; null for a model on another server. */
  readonly size: number | null;
  readonly quantisation: string | null;
  readonly license: string | null;
};

export type CatalogModelList = { readonly object: 'list'; readonly data: readonly CatalogModel[] };

const second = z.int().min(0).nullable();
const text = z.string().nullable();

export const catalogModelsReply: z.ZodType<CatalogModelList> = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      id: z.string(),
      object: z.literal('catalog_model'),
      state: z.enum(['admitted', 'admitted-with-conditions', 'quarantined', 'stale', 'revoked', 'rejected']),
      served: z.boolean(),
      reason: text,
      decided_by: text,
      conditions: z.array(z.string()),
      probes: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
      evidence: text,
      decided_at: second,
      expires_at: second,
      size: z.int().min(0).nullable(),
      quantisation: text,
      license: text,
    }),
  ),
});
