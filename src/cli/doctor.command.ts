// Describes `tiegel doctor`.
import type { CommandDescription } from './command-description.ts';

export const doctorCommand: CommandDescription = {
  name: 'doctor',
  text: 'check this machine and the data directory',
  example: 'tiegel doctor',
  options: [
    {
      flags: '--gpu <choice>',
      text: 'install the libraries for GPUs first: auto (those this machine can use), none, all, cuda or vulkan',
      suggest: [{ words: ['auto', 'none', 'all', 'cuda', 'vulkan'] }],
    },
  ],
  load: async () => (await import('./doctor.ts')).runDoctor,
};
