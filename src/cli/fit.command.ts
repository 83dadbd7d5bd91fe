// Describes `tiegel fit`.
import type { CommandDescription } from './command-description.ts';

export const fitCommand: CommandDescription = {
  name: 'fit',
  arguments: ['[model]'],
  text: 'show how much memory a model or a model family needs, and what this machine can run',
  example: 'tiegel fit deepseek-r1',
  suggest: ['models', 'published-models', 'files'],
  options: [
    { flags: '--slots <number>', text: 'concurrent requests (default: 4, or fewer if 4 do not fit)' },
    {
      flags: '--context <number>',
      text: 'tokens of prompt, thinking and answer together (default: 16384)',
    },
    {
      flags: '--foundry <address>',
      text: 'also ask a Foundry Local on this machine which models it can run on an NPU',
    },
  ],
  load: async () => (await import('./fit.ts')).runFit,
};
