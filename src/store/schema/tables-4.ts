// Migration 4: the sessions of people who are signed in, and the links that sign them in once. Of both only keyed hashes are kept.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables4({ integer, bytes, tableEnd }: SqlDialect): readonly string[] {
  return [
    // `seen_at` is when it was last used, to some minutes.
    `create table session (
      organisation text not null,
      id text not null unique,
      principal text not null,
      secret_hash ${bytes} not null unique,
      signed_in_by text not null check (signed_in_by in ('link', 'oidc')),
      created_at ${integer} not null,
      seen_at ${integer} not null,
      expires_at ${integer} not null,
      state text not null check (state in ('open', 'ended')),
      primary key (organisation, id),
      foreign key (organisation, principal) references principal (organisation, id)
    )${tableEnd}`,
    `create index session_principal on session (organisation, principal)`,
    `create index session_expires on session (expires_at)`,
    `create table sign_in_link (
      organisation text not null,
      id text not null unique,
      principal text not null,
      token_hash ${bytes} not null unique,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      used_at ${integer},
      primary key (organisation, id),
      foreign key (organisation, principal) references principal (organisation, id)
    )${tableEnd}`,
    `create index sign_in_link_principal on sign_in_link (organisation, principal)`,
    `create index sign_in_link_expires on sign_in_link (expires_at)`,
  ];
}
