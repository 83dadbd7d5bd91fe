// Describes `tiegel usage` and the commands under it.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

export const usageCommand: CommandDescription = {
  name: 'usage',
  text: 'show what was used and what it cost',
  example: 'tiegel usage --since 2026-11-01 --by account model',
  options: [
    { flags: '--since <time>', text: 'from this day of UTC on (default: 30 days ago)' },
    { flags: '--until <time>', text: 'before this day of UTC (default: now)' },
    {
      flags: '--by <group...>',
      text: 'apart by account, principal, key, model or operation',
      suggest: [{ words: ['account', 'principal', 'key', 'model', 'operation'] }],
    },
    { flags: '--csv', text: 'print CSV' },
    { flags: '--jsonl', text: 'print JSON lines' },
    organisationOption,
  ],
  load: async () => (await import('./usage.ts')).runUsage,
  commands: [
    {
      name: 'export',
      text: 'print the rows of the ledger as JSON lines, each with its number',
      example: 'tiegel usage export --after 120000 --csv',
      options: [
        { flags: '--after <number>', text: 'only rows behind that one, the last that is there already' },
        { flags: '--csv', text: 'print CSV' },
        organisationOption,
      ],
      load: async () => (await import('./usage-export.ts')).runUsageExport,
    },
    {
      name: 'correct',
      arguments: ['<request>'],
      text: 'set what a request costs, by a further row; its tokens stay',
      example: 'tiegel usage correct req_… --amount 0.02 --reason "the price was that of another model"',
      options: [
        { flags: '--amount <amount>', text: 'what it costs, in its currency', required: true },
        { ...reasonOption, required: true },
        organisationOption,
      ],
      load: async () => (await import('./usage-by-hand.ts')).runUsageCorrect,
    },
    {
      name: 'credit',
      arguments: ['<amount>'],
      text: 'make what was used cheaper; limits on money have as much more room',
      example: 'tiegel usage credit 5.00 --account ID --reason "an hour without service"',
      options: [
        { flags: '--account <id>', text: 'for an account' },
        { flags: '--principal <id>', text: 'for a person or service' },
        { flags: '--key <id>', text: 'for a key, with its account and holder' },
        { flags: '--model <model>', text: 'for one model' },
        { ...reasonOption, required: true },
        organisationOption,
      ],
      load: async () => (await import('./usage-by-hand.ts')).runUsageCredit,
    },
  ],
};
