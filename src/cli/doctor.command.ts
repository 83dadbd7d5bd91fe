// Describes `tiegel doctor`.
import type { CommandDescription } from './command-description.ts';

export const doctorCommand: CommandDescription = {
  name: 'doctor',
  text: 'check this machine and the data directory',
  example: 'tiegel doctor',
  load: async () => (await import('./doctor.ts')).runDoctor,
};
