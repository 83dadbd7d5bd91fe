// Describes `tiegel bundle export` and `tiegel bundle import`.
import type { CommandDescription } from './command-description.ts';

export const bundleCommand: CommandDescription = {
  name: 'bundle',
  text: 'move models as single files to machines without a network',
  commands: [
    {
      name: 'export',
      arguments: ['<model>'],
      text: 'write a model to a file, with its card and its latest admission record',
      example: 'tiegel bundle export tiegel-nano --out tiegel-nano.tar',
      options: [{ flags: '--out <file>', text: 'file to write (default: MODEL.tar)' }],
      load: async () => (await import('./bundle.ts')).runBundleExport,
    },
    {
      name: 'import',
      arguments: ['<file>'],
      text: 'import such a file; the model stays in quarantine, whatever record comes with it',
      example: 'tiegel bundle import tiegel-nano.tar',
      options: [{ flags: '--name <name>', text: 'name in the catalog (default: the name in the bundle)' }],
      load: async () => (await import('./bundle.ts')).runBundleImport,
    },
  ],
};
