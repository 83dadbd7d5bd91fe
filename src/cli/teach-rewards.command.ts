// Describes `tiegel teach rewards`.
import type { CommandDescription } from './command-description.ts';

export const teachRewardsCommand: CommandDescription = {
  name: 'rewards',
  text: 'serve rewards to trainers that run on other machines',
  example: 'tiegel teach rewards --run r1',
  options: [
    {
      flags: '--run <name...>',
      text: 'runs that may ask for rewards; a token is printed for each',
      required: true,
    },
    { flags: '--port <number>', text: 'port to listen on (default: 8485; 0 picks a free port)' },
    { flags: '--host <address>', text: 'address to listen on (default: 127.0.0.1)' },
    { flags: '--weight <name=number...>', text: 'weights of the reward components (default: accuracy=1)' },
    {
      flags: '--longest <number>',
      text: 'maximum tokens of a completion, for rewards that depend on length (default: 8192)',
    },
    { flags: '--rate <number>', text: 'maximum rewards per second for one run (default: 2000)' },
    { flags: '--sample <number>', text: 'keep one of this many completions for inspection (default: 100)' },
  ],
  load: async () => (await import('./teach-rewards.ts')).runTeachRewards,
};
