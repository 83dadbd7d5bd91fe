// Describes `tiegel up`.
import { type CommandDescription, draftOption, filterOption } from './command-description.ts';

export const upCommand: CommandDescription = {
  name: 'up',
  arguments: ['[model]'],
  text: 'serve a model, assessing it first if necessary',
  example: 'tiegel up',
  suggest: ['models', 'remotes', 'files'],
  options: [
    { flags: '--allow-remote', text: 'listen on an address other than loopback (needs TIEGEL_KEY)' },
    { flags: '--host <address>', text: 'address to listen on (default: TIEGEL_HOST, or 127.0.0.1)' },
    {
      flags: '--port <number>',
      text: 'port to listen on (default: TIEGEL_PORT, or 8484; 0 picks a free port)',
    },
    { flags: '--host-name <name...>', text: 'other host names that clients use for this server' },
    { flags: '--allow-origin <origin...>', text: 'other origins whose web pages may use the server' },
    { flags: '--open-metrics', text: 'serve /metrics to anyone, without a key' },
    {
      flags: '--effort-policy <file...>',
      text: 'calibrations whose strategy is used for requests that name a `reasoning_effort`',
    },
    filterOption('content filters to apply to every model, in this order'),
    draftOption,
  ],
  load: async () => (await import('./up.ts')).runUp,
};
