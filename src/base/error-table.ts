// Every expected error of Tiegel: stable code → HTTP status, whether a retry can help, what happened and how to repair it.
// The rows stand in a table for each area, under `errors/`; `docs/errors.md` is checked against all of them in both
// directions. A code stands in one table only, and a retired one is never used again.
import { assessErrors } from './errors/assess.ts';
import { catalogErrors } from './errors/catalog.ts';
import { commandLineErrors } from './errors/command-line.ts';
import { engineErrors } from './errors/engine.ts';
import { formatErrors } from './errors/formats.ts';
import { gatewayErrors } from './errors/gateway.ts';
import { guardErrors } from './errors/guard.ts';
import { limitErrors } from './errors/limits.ts';
import { meterErrors } from './errors/meter.ts';
import { outboundErrors } from './errors/outbound.ts';
import setupErrors from './errors/setup.json' with { type: 'json' };
import { storeErrors } from './errors/store.ts';
import { teachErrors } from './errors/teach.ts';

export type ErrorEntry = {
  /** HTTP status under which the gateway reports it. */
  readonly status: number;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
  /**
   * The `code` by which clients of the gateway know it. Null: it can reach none of them, because it belongs to a command
   * or speaks of this machine; should it come there all the same, they are told TGL_INTERNAL and the log the rest.
   */
  readonly publicCode: string | null;
  /** What happened; `{name}` is filled from the details given where the error is thrown. */
  readonly message: string;
  /** One sentence: what the reader can do about it. */
  readonly fix: string;
};

export type ErrorCode =
  | keyof typeof setupErrors
  | keyof typeof commandLineErrors
  | keyof typeof teachErrors
  | keyof typeof formatErrors
  | keyof typeof catalogErrors
  | keyof typeof meterErrors
  | keyof typeof outboundErrors
  | keyof typeof engineErrors
  | keyof typeof assessErrors
  | keyof typeof guardErrors
  | keyof typeof limitErrors
  | keyof typeof gatewayErrors
  | keyof typeof storeErrors;

export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ...setupErrors,
  ...commandLineErrors,
  ...teachErrors,
  ...formatErrors,
  ...catalogErrors,
  ...meterErrors,
  ...outboundErrors,
  ...engineErrors,
  ...assessErrors,
  ...guardErrors,
  ...limitErrors,
  ...gatewayErrors,
  ...storeErrors,
};

/** The row of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorTable[code];
}
