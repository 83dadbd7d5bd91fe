// Describes `tiegel usage`.
import { type CommandDescription, organisationOption } from './command-description.ts';

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
};
