// Describes `tiegel chat`.
import { type CommandDescription, draftOption, filterOption } from './command-description.ts';

export const chatCommand: CommandDescription = {
  name: 'chat',
  arguments: ['[prompt]'],
  text: 'talk to a model and see its thinking, then its answer',
  example: 'tiegel chat "What is 47 * 36?"',
  options: [
    {
      flags: '--model <model>',
      text: 'a model in the catalog, a GGUF file or a run directory (default: the model shipped with Tiegel)',
      suggest: ['models', 'remotes', 'files'],
    },
    { flags: '--no-thinking', text: 'skip the thinking' },
    { flags: '--temperature <number>', text: 'sampling temperature, 0 to 2' },
    { flags: '--seed <number>', text: 'the same seed gives the same reply' },
    filterOption('content filters to apply, in this order'),
    draftOption,
  ],
  load: async () => (await import('./chat.ts')).runChat,
};
