// What one part of the file review found; the worst of them decides.
import type { Verdict } from '../../terms/verdict.ts';

/** `note`: mentioned in the report and left to the reader to judge. */
export type FileFinding = {
  readonly verdict: Exclude<Verdict, 'pass'> | 'note';
  readonly reason: string;
};
