// Migration 2: the answers that repeated requests get again, sealed, which go before what is known of their requests does.
import type { SqlDialect } from '../connection/sql-dialect.ts';

export function tables2({ integer, bytes }: SqlDialect): readonly string[] {
  return [
    `alter table idempotency add column answer ${bytes}`,
    `alter table idempotency add column answer_expires_at ${integer}`,
    `create index idempotency_answer on idempotency (answer_expires_at) where answer_expires_at is not null`,
  ];
}
