// Queries, bodies and answers of OpenAI's administration of an organisation: its projects and their keys.
import { z } from 'zod';
import { integerIn, type Maybe, optional, shortString } from './schema-parts.ts';

const identifier = shortString(100, 'an identifier of 1 to 100 characters');
const name = shortString(200);
/** What asks for something that is not done may be sent as null alone. */
const notDone = optional(z.never({ error: 'null, because nothing would come of it' }));

export type PageQuery = { readonly after?: Maybe<string>; readonly limit?: Maybe<number> };

const page = { after: optional(identifier), limit: optional(integerIn(1, 100)) };

export const pageQuery: z.ZodType<PageQuery> = z.strictObject(page);

const switched = z.union([z.literal('true'), z.literal('false')], { error: 'true or false' });

export type ProjectListQuery = PageQuery & { readonly include_archived?: Maybe<'true' | 'false'> };

export const projectListQuery: z.ZodType<ProjectListQuery> = z.strictObject({
  ...page,
  include_archived: optional(switched),
});

export type KeyListQuery = PageQuery & {
  readonly owner_project_access?: Maybe<'active' | 'inactive' | 'any'>;
};

export const keyListQuery: z.ZodType<KeyListQuery> = z.strictObject({
  ...page,
  owner_project_access: optional(z.enum(['active', 'inactive', 'any'], { error: 'active, inactive or any' })),
});

const projectPlace = { external_key_id: notDone, geography: notDone };

export type ProjectCreateBody = { readonly name: string };

export const projectCreateRequest: z.ZodType<ProjectCreateBody> = z.strictObject({
  name,
  ...projectPlace,
  residency: notDone,
});

export type ProjectUpdateBody = { readonly name?: Maybe<string> };

export const projectUpdateRequest: z.ZodType<ProjectUpdateBody> = z.strictObject({
  name: optional(name),
  ...projectPlace,
});

const tenYears = 315_360_000;

export type AdministrationKeyBody = { readonly name: string; readonly expires_in_seconds?: Maybe<number> };

export const administrationKeyRequest: z.ZodType<AdministrationKeyBody> = z.strictObject({
  name,
  expires_in_seconds: optional(integerIn(1, tenYears)),
});

export type AdministrationKeyListQuery = PageQuery & { readonly order?: Maybe<'asc' | 'desc'> };

export const administrationKeyListQuery: z.ZodType<AdministrationKeyListQuery> = z.strictObject({
  ...page,
  order: optional(z.enum(['asc', 'desc'], { error: 'asc or desc' })),
});

const lastSecond = 253_402_300_799;
const second = optional(integerIn(0, lastSecond));
const namesError = 'a list of 1 to 100 names, which a query writes as name[]=…';
const names = optional(
  z
    .array(shortString(256), { error: namesError })
    .min(1, { error: namesError })
    .max(100, { error: namesError }),
);

export type ProjectKeyBody = {
  readonly scopes?: Maybe<readonly string[]>;
  readonly expires_in_seconds?: Maybe<number>;
};

/** An empty list would ask for every scope, which is to be said in words. */
export const projectKeyRequest: z.ZodType<ProjectKeyBody> = z.strictObject({
  scopes: names,
  expires_in_seconds: optional(integerIn(1, tenYears)),
});

export type RateLimitListQuery = PageQuery & { readonly before?: Maybe<string> };

export const rateLimitListQuery: z.ZodType<RateLimitListQuery> = z.strictObject({
  after: optional(shortString(256)),
  limit: optional(integerIn(1, 100)),
  before: notDone,
});

export type RateLimitBody = {
  readonly max_requests_per_1_minute?: number | null | undefined;
  readonly max_tokens_per_1_minute?: number | null | undefined;
  readonly max_requests_per_1_day?: number | null | undefined;
};

const amount = optional(integerIn(0, 999_999_999_999_999));

/** Zero blocks; null ends a limit. */
export const rateLimitRequest: z.ZodType<RateLimitBody> = z.strictObject({
  max_requests_per_1_minute: amount,
  max_tokens_per_1_minute: amount,
  max_requests_per_1_day: amount,
  batch_1_day_max_input_tokens: notDone,
  max_audio_megabytes_per_1_minute: notDone,
  max_images_per_1_minute: notDone,
});

export type UserListQuery = PageQuery & { readonly emails?: Maybe<readonly string[]> };

export const userListQuery: z.ZodType<UserListQuery> = z.strictObject({ ...page, emails: names });

export type UserUpdateBody = { readonly role?: Maybe<string> };

export const userUpdateRequest: z.ZodType<UserUpdateBody> = z.strictObject({
  role: optional(shortString(64)),
  ...{ role_id: notDone, developer_persona: notDone, technical_level: notDone },
});

export type ServiceAccountBody = { readonly name: string; readonly expires_in_seconds?: Maybe<number> };

export const serviceAccountRequest: z.ZodType<ServiceAccountBody> = z.strictObject({
  name,
  expires_in_seconds: optional(integerIn(1, tenYears)),
  create_service_account_only: optional(
    z.literal(false, { error: 'false, because a service is a member of its project' }),
  ),
});

export type ServiceAccountKeyBody = {
  readonly name?: Maybe<string>;
  readonly expires_in_seconds?: Maybe<number>;
};

export const serviceAccountKeyRequest: z.ZodType<ServiceAccountKeyBody> = z.strictObject({
  name: optional(name),
  expires_in_seconds: optional(integerIn(1, tenYears)),
});

export type AuditQuery = PageQuery & {
  readonly before?: Maybe<string>;
  readonly effective_at?: Maybe<Readonly<Partial<Record<'gt' | 'gte' | 'lt' | 'lte', Maybe<number>>>>>;
  readonly event_types?: Maybe<readonly string[]>;
  readonly actor_ids?: Maybe<readonly string[]>;
  readonly actor_emails?: Maybe<readonly string[]>;
  readonly resource_ids?: Maybe<readonly string[]>;
  readonly project_ids?: Maybe<readonly string[]>;
};

export const auditQuery: z.ZodType<AuditQuery> = z.strictObject({
  ...page,
  before: optional(identifier),
  effective_at: optional(
    z.strictObject(
      { gt: second, gte: second, lt: second, lte: second },
      { error: 'seconds under gt, gte, lt or lte, written as effective_at[gte]=…' },
    ),
  ),
  event_types: names,
  actor_ids: names,
  actor_emails: names,
  resource_ids: names,
  project_ids: names,
});

const seconds = z.int().min(0);

export const projectReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('organization.project'),
  name: z.string(),
  status: z.enum(['active', 'archived']),
  created_at: seconds,
});

const holder = z.strictObject({
  id: z.string(),
  created_at: seconds,
  name: z.string(),
  role: z.string(),
});

export const projectKeyReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('organization.project.api_key'),
  name: z.string(),
  redacted_value: z.string(),
  created_at: seconds,
  expires_at: seconds.nullable(),
  last_used_at: seconds.nullable(),
  owner: z.union([
    z.strictObject({ type: z.literal('user'), user: holder.extend({ email: z.string() }) }),
    z.strictObject({ type: z.literal('service_account'), service_account: holder }),
  ]),
  owner_project_access: z.enum(['active', 'inactive']),
});

/** A page of a list whose entries are alike. */
export type Page<Entry> = {
  readonly object: 'list';
  readonly data: readonly Entry[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
};

export function pageReply<Entry>(entry: z.ZodType<Entry>): z.ZodType<Page<Entry>> {
  return z.strictObject({
    object: z.literal('list'),
    data: z.array(entry),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });
}

export function deletedReply(object: string): z.ZodType {
  return z.strictObject({ id: z.string(), object: z.literal(object), deleted: z.literal(true) });
}

const administrationKey = {
  id: z.string(),
  object: z.literal('organization.admin_api_key'),
  name: z.string(),
  redacted_value: z.string(),
  created_at: seconds,
  expires_at: seconds.nullable(),
  last_used_at: seconds.nullable(),
  owner: holder.extend({
    type: z.enum(['user', 'service_account']),
    object: z.enum(['organization.user', 'organization.service_account']),
  }),
};

export const administrationKeyReply: z.ZodType = z.strictObject(administrationKey);

export const freshAdministrationKeyReply: z.ZodType = z.strictObject({
  ...administrationKey,
  value: z.string(),
});

/** Beside these members there is one that is named as the type says. */
export type AuditEntry = {
  readonly id: string;
  readonly type: string;
  /** Seconds since the Unix epoch. */
  readonly effective_at: number;
  readonly actor: { readonly type: 'session' | 'api_key' } | null;
  readonly x_tiegel: {
    readonly seq: number;
    readonly actor: string;
    readonly target: { readonly type: string; readonly id: string };
    /** The code of the error; null for what was done. */
    readonly refused: string | null;
    readonly changed: readonly string[];
    readonly before: string | null;
    readonly after: string | null;
    readonly reason: string | null;
    readonly request: string | null;
    readonly policy_version: number | null;
  };
};

/** The member that is named as the type says has the identifier of what was changed. */
export const auditEntryReply: z.ZodType<AuditEntry> = z.looseObject({
  id: z.string(),
  type: z.string(),
  effective_at: seconds,
  actor: z.looseObject({ type: z.enum(['session', 'api_key']) }).nullable(),
  x_tiegel: z.strictObject({
    seq: z.int(),
    actor: z.string(),
    target: z.strictObject({ type: z.string(), id: z.string() }),
    refused: z.string().nullable(),
    changed: z.array(z.string()),
    before: z.string().nullable(),
    after: z.string().nullable(),
    reason: z.string().nullable(),
    request: z.string().nullable(),
    policy_version: z.int().nullable(),
  }),
});

export type UserBody = {
  readonly id: string;
  readonly object: 'organization.user';
  readonly name: string | null;
  readonly email: string | null;
  /** In the whole organisation; null for who has one in projects alone. */
  readonly role: string | null;
  /** Seconds since the Unix epoch. */
  readonly added_at: number;
  readonly is_service_account: false;
};

export const userReply: z.ZodType<UserBody> = z.strictObject({
  id: z.string(),
  object: z.literal('organization.user'),
  name: z.string().nullable(),
  email: z.string().nullable(),
  /** In the whole organisation; null for who has one in projects alone. */
  role: z.string().nullable(),
  added_at: seconds,
  is_service_account: z.literal(false),
});

const serviceAccount = {
  id: z.string(),
  object: z.literal('organization.project.service_account'),
  name: z.string(),
  created_at: seconds,
  role: z.string(),
};

export const serviceAccountReply: z.ZodType = z.strictObject(serviceAccount);

export const serviceAccountKeyReply: z.ZodType = z.strictObject({
  id: z.string(),
  object: z.literal('organization.project.service_account.api_key'),
  name: z.string(),
  value: z.string(),
  created_at: seconds,
  expires_at: seconds.nullable(),
});

export const freshServiceAccountReply: z.ZodType = z.strictObject({
  ...serviceAccount,
  api_key: serviceAccountKeyReply,
});

/** Null for no limit. */
export type RateLimit = {
  readonly id: string;
  readonly object: 'project.rate_limit';
  readonly model: string;
  readonly max_requests_per_1_minute: number | null;
  readonly max_tokens_per_1_minute: number | null;
  readonly max_requests_per_1_day: number | null;
};

const amountReply = z.int().min(0).nullable();

export const rateLimitReply: z.ZodType<RateLimit> = z.strictObject({
  id: z.string(),
  object: z.literal('project.rate_limit'),
  model: z.string(),
  max_requests_per_1_minute: amountReply,
  max_tokens_per_1_minute: amountReply,
  max_requests_per_1_day: amountReply,
});
