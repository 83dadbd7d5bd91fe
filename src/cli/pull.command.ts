// Describes `tiegel pull`.
import type { CommandDescription, OptionDescription } from './command-description.ts';

/** Of `pull` and `import`. */
export const adapterOption: OptionDescription = {
  flags: '--base <model>',
  text: 'the base model in the catalog, if the file is a LoRA adapter for it',
};

export const nameOption: OptionDescription = {
  flags: '--name <name>',
  text: 'name in the catalog (default: derived from the file name)',
};

export const pullCommand: CommandDescription = {
  name: 'pull',
  arguments: ['<model>'],
  text: 'download a model: a known name, hf:OWNER/NAME[@REVISION][:FILE] or an https URL',
  example: 'tiegel pull deepseek-r1:1.5b',
  suggest: ['published-models'],
  options: [
    nameOption,
    adapterOption,
    { flags: '--sha256 <digest>', text: 'the digest that the file must have' },
  ],
  load: async () => (await import('./pull.ts')).runPull,
};
