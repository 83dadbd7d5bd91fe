// What SQLite and PostgreSQL spell differently in the statements that make tables.

export type SqlDialect = {
  readonly name: 'sqlite' | 'postgres';
  /** A signed integer of 64 bits. */
  readonly integer: string;
  readonly bytes: string;
  /** A number that the database gives to each row, in the order of their insertion. */
  readonly sequence: string;
  /** After the parenthesis that closes a table. */
  readonly tableEnd: string;
  /** Statements after which rows of a table can be added and nothing else. */
  readonly appendOnly: (table: string) => readonly string[];
  /** Statements after which those rows of such a table can be deleted for which the query, over `old`, finds something. */
  readonly prunable: (table: string, query: string) => readonly string[];
};

export const sqliteDialect: SqlDialect = {
  name: 'sqlite',
  integer: 'integer',
  bytes: 'blob',
  sequence: 'integer primary key autoincrement',
  tableEnd: ' strict',
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) =>
        `create trigger ${table}_no_${change} before ${change} on ${table}
          begin select raise(abort, '${table} is append-only'); end`,
    ),
  prunable: (table, query) => [
    `drop trigger ${table}_no_delete`,
    `create trigger ${table}_no_delete before delete on ${table}
      when not exists (${query})
      begin select raise(abort, '${table} is append-only'); end`,
  ],
};

export const postgresDialect: SqlDialect = {
  name: 'postgres',
  integer: 'bigint',
  bytes: 'bytea',
  sequence: 'bigint generated always as identity primary key',
  tableEnd: '',
  appendOnly: (table) => [
    `create or replace function refuse_change() returns trigger language plpgsql as
      $$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$`,
    `create trigger ${table}_no_change before update or delete on ${table}
      for each row execute function refuse_change()`,
    `create trigger ${table}_no_truncate before truncate on ${table}
      for each statement execute function refuse_change()`,
    `revoke update, delete, truncate on ${table} from public`,
  ],
  prunable: (table, query) => [
    `create function refuse_change_of_${table}() returns trigger language plpgsql as
      $$ begin
        if tg_op = 'DELETE' and exists (${query}) then return old; end if;
        raise exception '${table} is append-only' using errcode = 'restrict_violation';
      end $$`,
    `drop trigger ${table}_no_change on ${table}`,
    `create trigger ${table}_no_change before update or delete on ${table}
      for each row execute function refuse_change_of_${table}()`,
  ],
};
