// Describes `tiegel assess verify`.
import { type CommandDescription, keyOptions } from './command-description.ts';

export const assessVerifyCommand: CommandDescription = {
  name: 'verify',
  arguments: ['<evidence>'],
  text: 'check who signed the evidence of an assessment, and derive its verdict again',
  example: 'tiegel assess verify assessment_mf3k2a9x_5h1c',
  options: keyOptions,
  load: async () => (await import('./assess-verify.ts')).runAssessVerify,
};
