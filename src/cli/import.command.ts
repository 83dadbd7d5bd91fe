// Describes `tiegel import`.
import type { CommandDescription } from './command-description.ts';
import { adapterOption, nameOption } from './pull.command.ts';

export const importCommand: CommandDescription = {
  name: 'import',
  arguments: ['<file>'],
  text: 'import a GGUF file, with all its shards, into the catalog',
  example: 'tiegel import model.gguf',
  options: [nameOption, adapterOption, { flags: '--card <file>', text: 'the model card, in Markdown' }],
  load: async () => (await import('./import.ts')).runImport,
};
