// Describes `tiegel inspect`.
import type { CommandDescription } from './command-description.ts';

export const inspectCommand: CommandDescription = {
  name: 'inspect',
  arguments: ['<file>'],
  text: 'show what a GGUF or safetensors file contains, without running it',
  example: 'tiegel inspect model.gguf',
  options: [{ flags: '--tensors', text: 'list every tensor' }],
  load: async () => (await import('./inspect.ts')).runInspect,
};
