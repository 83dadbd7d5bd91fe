// The migrations of the store, in order; the version of a schema is the number of those that made it. They go forward only: what
// was released is never edited, a change of it is a migration more.
import type { SqlDialect } from '../connection/sql-dialect.ts';
import { tables1 } from './tables-1.ts';
import { tables2 } from './tables-2.ts';
import { tables3 } from './tables-3.ts';
import { tables4 } from './tables-4.ts';
import { tables5 } from './tables-5.ts';
import { tables6 } from './tables-6.ts';
import { tables7 } from './tables-7.ts';
import { tables8 } from './tables-8.ts';
import { tables9 } from './tables-9.ts';
import { tables10 } from './tables-10.ts';
import { tables11 } from './tables-11.ts';
import { tables12 } from './tables-12.ts';
import { tables13 } from './tables-13.ts';
import { tables14 } from './tables-14.ts';

/** The statements of one step. */
export type Migration = (dialect: SqlDialect) => readonly string[];

export const migrations: readonly Migration[] = [
  tables1,
  tables2,
  tables3,
  tables4,
  tables5,
  tables6,
  tables7,
  tables8,
  tables9,
  tables10,
  tables11,
  tables12,
  tables13,
  tables14,
];
