// Describes `tiegel assess verify`.
import type { CommandDescription } from './command-description.ts';

export const assessVerifyCommand: CommandDescription = {
  name: 'verify',
  arguments: ['<evidence>'],
  text: 'check who signed the evidence of an assessment, and derive its verdict again',
  example: 'tiegel assess verify assessment_mf3k2a9x_5h1c',
  options: [
    { flags: '--public-key <hex...>', text: 'keys that are trusted beside that of this installation' },
  ],
  load: async () => (await import('./assess-verify.ts')).runAssessVerify,
};
