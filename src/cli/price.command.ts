// Describes `tiegel price list`, `hosted` and `set`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

const units = [
  'prompt-tokens',
  'cached-prompt-tokens',
  'reasoning-tokens',
  'answer-tokens',
  'engine-milliseconds',
];

export const priceCommand: CommandDescription = {
  name: 'price',
  text: 'say what use of a model costs',
  commands: [
    {
      name: 'list',
      text: 'list all prices, the newest last',
      example: 'tiegel price list',
      options: [organisationOption],
      load: async () => (await import('./price.ts')).runPriceList,
    },
    {
      name: 'hosted',
      text: 'list what hosts ask for models like these, with source and day, as far as it is known',
      example: 'tiegel price hosted --at 2025-06-01T20:00Z',
      options: [{ flags: '--at <time>', text: 'at this moment (default: now)' }],
      load: async () => (await import('./price-hosted.ts')).runPriceHosted,
    },
    {
      name: 'set',
      arguments: ['<unit>', '<amount>'],
      text: 'set the price of a million tokens, or with engine-milliseconds of an hour of the engine',
      example: 'tiegel price set answer-tokens 2.19 --model deepseek-r1 --source "our contract"',
      suggest: [{ words: units }],
      options: [
        { flags: '--model <model>', text: 'of a model, as requests name it' },
        { flags: '--engine <host>', text: 'of whatever runs on this host; `local` is this machine' },
        { flags: '--currency <code>', text: 'currency (default: that of the organisation)' },
        { flags: '--from <time>', text: 'since when it holds (default: now)' },
        { flags: '--source <text>', text: 'where the amount was found', required: true },
        { flags: '--verified', text: 'somebody has compared it with its source' },
        {
          flags: '--confirm',
          text: 'set it although it is more than ten times as much, or less than a tenth',
        },
        organisationOption,
        reasonOption,
      ],
      load: async () => (await import('./price.ts')).runPriceSet,
    },
  ],
};
