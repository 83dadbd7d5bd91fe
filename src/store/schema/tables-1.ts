// Migration 1: every table of the store. The organisation stands on every row that belongs to one, and first in its indices.
// Times are milliseconds since the Unix epoch, days texts such as 2026-11-30, amounts of money 10^-9 of a currency unit,
// lists JSON texts. Only `principal` has personal data.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables1(dialect: SqlDialect): readonly string[] {
  return [
    ...tenancy(dialect),
    ...keys(dialect),
    ...limits(dialect),
    ...ledger(dialect),
    ...behindLedger(dialect),
    ...records(dialect),
    ...['usage_limit', 'price', 'ledger', 'audit', 'policy'].flatMap(dialect.appendOnly),
  ];
}

function tenancy({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    `create table organisation (
      id text primary key,
      name text not null,
      time_zone text not null,
      currency text not null check (length(currency) = 3),
      state text not null check (state in ('active', 'archived')),
      created_at ${integer} not null
    )${tableEnd}`,
    `create table account (
      organisation text not null references organisation (id),
      id text not null unique,
      name text not null,
      region text,
      state text not null check (state in ('active', 'archived')),
      created_at ${integer} not null,
      primary key (organisation, id)
    )${tableEnd}`,
    `create table principal (
      organisation text not null references organisation (id),
      id text not null unique,
      kind text not null check (kind in ('person', 'service')),
      name text,
      email text,
      subject text,
      state text not null check (state in ('active', 'removed')),
      created_at ${integer} not null,
      primary key (organisation, id)
    )${tableEnd}`,
    `create unique index principal_subject on principal (organisation, subject) where subject is not null`,
    `create unique index principal_email on principal (organisation, email) where email is not null`,
    // Without an account, a membership of the whole organisation.
    `create table membership (
      organisation text not null,
      principal text not null,
      account text,
      role text not null,
      created_at ${integer} not null,
      foreign key (organisation, principal) references principal (organisation, id),
      foreign key (organisation, account) references account (organisation, id)
    )${tableEnd}`,
    `create unique index membership_organisation on membership (organisation, principal) where account is null`,
    `create unique index membership_account on membership (organisation, principal, account)
      where account is not null`,
  ];
}

function keys({ integer, bytes, tableEnd }: SqlDialect): readonly string[] {
  return [
    // A key without an account is one of administration. `version` is that of the last change of what the key may do.
    `create table api_key (
      organisation text not null references organisation (id),
      id text not null unique,
      account text,
      principal text not null,
      name text not null,
      hint text not null,
      secret_hash ${bytes} not null unique,
      previous_hash ${bytes} unique,
      previous_until ${integer},
      scopes text not null,
      models text,
      networks text,
      expires_at ${integer},
      last_used text,
      state text not null check (state in ('active', 'revoked')),
      created_at ${integer} not null,
      version ${integer} not null,
      primary key (organisation, id),
      foreign key (organisation, account) references account (organisation, id),
      foreign key (organisation, principal) references principal (organisation, id),
      check ((previous_hash is null) = (previous_until is null))
    )${tableEnd}`,
    `create index api_key_account on api_key (organisation, account)`,
    `create index api_key_principal on api_key (organisation, principal)`,
    // The one index without the organisation: what changed anywhere since a node last looked.
    `create index api_key_version on api_key (version)`,
    `create table change_feed (
      id ${integer} primary key check (id = 1),
      version ${integer} not null
    )${tableEnd}`,
    `insert into change_feed (id, version) values (1, 0)`,
  ];
}

function limits({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    // Of those with the same scope, subject, model, unit and period the last valid one holds. Without an amount: no limit.
    `create table usage_limit (
      organisation text not null references organisation (id),
      id text not null unique,
      scope text not null check (scope in ('organisation', 'account', 'principal', 'key')),
      subject text not null,
      model text,
      unit text not null check (unit in ('requests', 'tokens', 'reasoning-tokens', 'money', 'concurrency')),
      period text not null check (period in ('minute', 'hour', 'day', 'month', 'total')),
      amount ${integer} check (amount >= 0),
      enforcement text not null check (enforcement in ('hard', 'soft')),
      valid_from ${integer} not null,
      created_at ${integer} not null,
      primary key (organisation, id)
    )${tableEnd}`,
    // Without an organisation, a price for all of them.
    `create table price (
      id text primary key,
      organisation text references organisation (id),
      model text,
      engine text,
      unit text not null,
      amount ${integer} not null check (amount >= 0),
      currency text not null check (length(currency) = 3),
      valid_from ${integer} not null,
      source text not null,
      verified ${integer} not null check (verified in (0, 1)),
      digest text not null,
      created_at ${integer} not null
    )${tableEnd}`,
    `create table budget (
      organisation text not null references organisation (id),
      id text not null unique,
      usage_limit text not null,
      window_start ${integer} not null,
      cap ${integer} not null check (cap >= 0),
      granted ${integer} not null check (granted >= 0 and granted <= cap),
      primary key (organisation, id),
      unique (organisation, usage_limit, window_start)
    )${tableEnd}`,
    `create table lease (
      organisation text not null,
      id text not null unique,
      budget text not null,
      node text not null,
      epoch ${integer} not null,
      amount ${integer} not null check (amount >= 0),
      settled ${integer} not null check (settled >= 0),
      expires_at ${integer} not null,
      state text not null check (state in ('open', 'closed')),
      primary key (organisation, id),
      foreign key (organisation, budget) references budget (organisation, id)
    )${tableEnd}`,
    `create index lease_open on lease (expires_at) where state = 'open'`,
    `create index lease_budget on lease (organisation, budget)`,
  ];
}

function ledger({ integer, sequence, tableEnd }: SqlDialect): readonly string[] {
  return [
    // A prompt has its cached tokens in it, and output is reasoning and answer. Each writer has a chain of its own.
    `create table ledger (
      seq ${sequence},
      writer text not null,
      writer_seq ${integer} not null,
      request text not null,
      kind text not null check (kind in ('hold', 'settle', 'release', 'lost', 'late', 'correct', 'credit')),
      organisation text not null,
      account text not null,
      key text not null,
      principal text not null,
      model text not null,
      engine text not null,
      operation text not null,
      at ${integer} not null,
      prompt ${integer} not null check (prompt >= 0),
      cached ${integer} not null check (cached >= 0 and cached <= prompt),
      reasoning ${integer} not null check (reasoning >= 0),
      answer ${integer} not null check (answer >= 0),
      amount ${integer} not null,
      currency text not null,
      price text,
      lease text,
      outcome text not null,
      estimated ${integer} not null check (estimated in (0, 1)),
      policy_version ${integer},
      chain_hash text not null,
      unique (request, kind),
      unique (writer, writer_seq)
    )${tableEnd}`,
    `create index ledger_account on ledger (organisation, account, at)`,
    `create index ledger_key on ledger (organisation, key, at)`,
    `create index ledger_lease on ledger (lease) where lease is not null`,
  ];
}

function behindLedger({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    // Sums of the rows that are billed, by the minute, the hour and the day of UTC.
    `create table rollup (
      organisation text not null,
      width text not null check (width in ('minute', 'hour', 'day')),
      account text not null,
      key text not null,
      principal text not null,
      model text not null,
      operation text not null,
      currency text not null,
      bucket_start ${integer} not null,
      requests ${integer} not null,
      prompt ${integer} not null,
      cached ${integer} not null,
      reasoning ${integer} not null,
      answer ${integer} not null,
      amount ${integer} not null,
      primary key (organisation, width, bucket_start, account, key, principal, model, operation, currency)
    )${tableEnd}`,
    `create table rollup_checkpoint (
      writer text primary key,
      up_to_seq ${integer} not null
    )${tableEnd}`,
    `create table idempotency (
      organisation text not null,
      key text not null,
      route text not null,
      idempotency_key text not null,
      digest text not null,
      state text not null check (state in ('running', 'done')),
      outcome text,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      primary key (organisation, key, route, idempotency_key)
    )${tableEnd}`,
    `create index idempotency_expires on idempotency (expires_at)`,
  ];
}

function records({ integer, tableEnd }: SqlDialect): readonly string[] {
  return [
    // The chain is an organisation or `system`. `entry` is the canonical JSON that the hash is over.
    `create table audit (
      chain text not null,
      seq ${integer} not null,
      id text not null unique,
      at ${integer} not null,
      actor text not null,
      action text not null,
      target text not null,
      entry text not null,
      hash text not null,
      primary key (chain, seq)
    )${tableEnd}`,
    `create index audit_at on audit (chain, at)`,
    `create table audit_head (
      chain text primary key,
      seq ${integer} not null,
      hash text not null,
      signed_day text,
      signed_seq ${integer}
    )${tableEnd}`,
    // Without an account, the policy of the whole organisation.
    `create table policy (
      organisation text not null references organisation (id),
      account text,
      version ${integer} not null,
      document text not null,
      valid_from ${integer} not null,
      created_at ${integer} not null,
      primary key (organisation, version)
    )${tableEnd}`,
    // What holds for the whole store, such as by which pepper its keys were hashed.
    `create table store_setting (
      name text primary key,
      value text not null
    )${tableEnd}`,
    `create table erasure (
      principal_hash text primary key,
      at ${integer} not null
    )${tableEnd}`,
  ];
}
