// Describes `tiegel teach` and the commands under it.
import type { CommandDescription } from './command-description.ts';
import { teachReportCommand } from './teach-report.command.ts';
import { teachRewardsCommand } from './teach-rewards.command.ts';
import { teachSubmitCommand } from './teach-submit.command.ts';

export const teachCommand: CommandDescription = {
  name: 'teach',
  text: 'train a model by following a recipe',
  example: 'tiegel teach --recipe pico --out runs/pico',
  options: [
    {
      flags: '--recipe <recipe>',
      text: 'pico, nano, micro, distil, textbook, persist, persist-four or the path of a recipe file',
      suggest: [
        { words: ['pico', 'nano', 'micro', 'distil', 'textbook', 'persist', 'persist-four'] },
        'files',
      ],
    },
    { flags: '--out <directory>', text: 'directory of the run' },
    { flags: '--resume', text: 'continue the run in that directory' },
    { flags: '--workers <number>', text: 'number of threads (default: one per core)' },
    { flags: '--stage <name...>', text: 'run only these stages of the recipe' },
    {
      flags: '--from <run>',
      text: 'start from the weights of another run or of a GGUF file',
      suggest: ['files'],
    },
    { flags: '--seed <number>', text: "seed in place of the recipe's" },
    { flags: '--steps <number>', text: 'number of steps in every stage that counts steps' },
    { flags: '--problems <number>', text: 'held-out problems per task for the final evaluation' },
  ],
  commands: [teachReportCommand, teachRewardsCommand, teachSubmitCommand],
  load: async () => (await import('./teach.ts')).runTeach,
};
