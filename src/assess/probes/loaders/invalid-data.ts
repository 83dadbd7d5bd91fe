// The one error of the operator's data sets: where in which file, what is wrong, and how to repair it. Values
// are never quoted, since a data set of harmful requests has no place in a log.
import { TiegelError } from '../../../base/index.ts';

/** Lines count from 1. The column is a number of characters from 1, the name of a column, or the path of a value. */
export type Place = { readonly file: string; readonly line: number; readonly column: number | string };

/** @throws TGL_DATA_SET_INVALID, always */
export function invalidData({ file, line, column }: Place, problem: string, repair: string): never {
  throw new TiegelError('TGL_DATA_SET_INVALID', { file, line, column, problem, repair });
}
