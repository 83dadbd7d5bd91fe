// Describes `tiegel assess compare`.
import type { CommandDescription } from './command-description.ts';

export const assessCompareCommand: CommandDescription = {
  name: 'compare',
  arguments: ['<evidence>', '<other>'],
  text: 'compare two assessments on the trials that they have in common',
  example: 'tiegel assess compare student teacher',
  suggest: ['evidence'],
  load: async () => (await import('./assess-compare.ts')).runAssessCompare,
};
