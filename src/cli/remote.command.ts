// Describes `tiegel remote add`, `list` and `remove`.
import type { CommandDescription } from './command-description.ts';

const serverKinds = [
  ...['compatible', 'vllm', 'sglang', 'llama-server', 'ollama', 'lm-studio', 'foundry-local'],
  ...['deepseek', 'openrouter', 'openai'],
];

const addCommand: CommandDescription = {
  name: 'add',
  arguments: ['<name>'],
  text: 'add a model on a server; it stays in quarantine until it has been assessed',
  example: 'tiegel remote add r1 --endpoint http://10.0.0.7:8000/v1 --model org/r1 --allow-private',
  options: [
    {
      flags: '--endpoint <url...>',
      text: 'base URL, such as https://example.com/v1; give several for replicas',
      required: true,
    },
    { flags: '--model <id>', text: 'name of the model on the server', required: true },
    {
      flags: '--server <kind>',
      text: `${serverKinds.slice(0, -1).join(', ')} or ${serverKinds.at(-1)}`,
      default: 'compatible',
      suggest: [{ words: serverKinds }],
    },
    {
      flags: '--context <number>',
      text: 'tokens of prompt and completion together (default: what the server reports, or 16384)',
    },
    {
      flags: '--region <code...>',
      text: 'where it runs, by ISO 3166 (DE, DE-BE): one for all endpoints, or one for each',
    },
    { flags: '--operator <name>', text: 'legal entity that runs it (needs --operator-country)' },
    { flags: '--operator-country <code>', text: 'country of that entity, by ISO 3166-1' },
    { flags: '--own-hardware', text: 'it runs on hardware of your own; excludes --operator' },
    { flags: '--key-env <variable>', text: "environment variable that holds the server's API key" },
    { flags: '--allow-private', text: 'allow private addresses and addresses without TLS' },
    {
      flags: '--template <file>',
      text: "the model's chat template: prompts are then rendered here and sent as text",
    },
    {
      flags: '--opens-thinking',
      text: 'replies begin inside the thinking block, without an opening tag',
    },
  ],
  load: async () => (await import('./remote.ts')).runRemoteAdd,
};

export const remoteCommand: CommandDescription = {
  name: 'remote',
  text: 'manage models that run on servers',
  commands: [
    addCommand,
    {
      name: 'list',
      text: 'list the models on servers',
      example: 'tiegel remote list',
      load: async () => (await import('./remote.ts')).runRemoteList,
    },
    {
      name: 'remove',
      arguments: ['<name>'],
      text: 'remove a model on a server from the catalog',
      example: 'tiegel remote remove r1',
      suggest: ['remotes'],
      load: async () => (await import('./remote.ts')).runRemoteRemove,
    },
  ],
};
