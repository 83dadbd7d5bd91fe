// Describes `tiegel bench`.
import { type CommandDescription, draftOption } from './command-description.ts';

export const benchCommand: CommandDescription = {
  name: 'bench',
  arguments: ['[model]'],
  text: 'measure how fast a model runs on this machine; `fit` then uses it',
  example: 'tiegel bench deepseek-r1:1.5b-q8_0',
  suggest: ['models', 'files'],
  options: [
    {
      flags: '--long-prompt <tokens>',
      text: 'of the prompt that others wait beside (default: 4000, or what is read within a minute)',
    },
    draftOption,
  ],
  load: async () => (await import('./bench.ts')).runBench,
};
