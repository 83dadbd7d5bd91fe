// Describes `tiegel limit list`, `set` and `remove`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

const whatOptions = [
  { flags: '--account <id>', text: 'of an account (default: of the whole organisation)' },
  { flags: '--principal <id>', text: 'of a person or a service' },
  { flags: '--key <id>', text: 'of a key' },
  { flags: '--model <model>', text: 'for one model (default: over all of them together)' },
];

const unitSuggestion = { words: ['requests', 'tokens', 'reasoning-tokens', 'money', 'concurrency'] };
const periodSuggestion = { words: ['minute', 'hour', 'day', 'month', 'total'] };

export const limitCommand: CommandDescription = {
  name: 'limit',
  text: 'limit what an organisation, an account, a person or a key may use',
  commands: [
    {
      name: 'list',
      text: 'list the limits of an organisation',
      example: 'tiegel limit list',
      options: [organisationOption],
      load: async () => (await import('./limit.ts')).runLimitList,
    },
    {
      name: 'set',
      arguments: ['<unit>', '<period>', '<amount>'],
      text: 'set a limit, in place of the one on the same; money is in the currency of the organisation, 0 blocks',
      example: 'tiegel limit set money month 25.00 --account ID',
      suggest: [unitSuggestion, periodSuggestion],
      options: [
        ...whatOptions,
        { flags: '--soft', text: 'tell when it is exceeded, and refuse nothing' },
        organisationOption,
        reasonOption,
      ],
      load: async () => (await import('./limit.ts')).runLimitSet,
    },
    {
      name: 'remove',
      arguments: ['<unit>', '<period>'],
      text: 'end a limit',
      example: 'tiegel limit remove money month --account ID',
      suggest: [unitSuggestion, periodSuggestion],
      options: [...whatOptions, organisationOption, reasonOption],
      load: async () => (await import('./limit.ts')).runLimitRemove,
    },
  ],
};
