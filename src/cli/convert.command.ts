// Describes `tiegel convert`.
import type { CommandDescription } from './command-description.ts';

export const convertCommand: CommandDescription = {
  name: 'convert',
  arguments: ['<directory>'],
  text: 'convert a safetensors checkpoint of Qwen, Llama, Mistral, SmolLM3 or Phi-4 to a GGUF file',
  example: 'tiegel convert checkpoint --out model.gguf --type q8_0',
  options: [
    { flags: '--out <file>', text: 'the GGUF file to write', required: true },
    {
      flags: '--type <type>',
      text: 'f32, f16, q8_0, q5_0 or q4_0',
      default: 'q8_0',
      suggest: [{ words: ['f32', 'f16', 'q8_0', 'q5_0', 'q4_0'] }],
    },
    { flags: '--name <name>', text: 'name of the model in the file (default: the name of the directory)' },
  ],
  load: async () => (await import('./convert.ts')).runConvert,
};
