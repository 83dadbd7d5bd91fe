// Describes `tiegel policy show`, `set`, `record` and `prune`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

const presets = ['eu-only', 'own-hardware-only', 'no-retention'];

export const policyCommand: CommandDescription = {
  name: 'policy',
  text: 'show and set where requests may be answered and what is kept',
  commands: [
    {
      name: 'show',
      text: 'show the data policies that hold, and which models they allow',
      example: 'tiegel policy show',
      options: [organisationOption],
      load: async () => (await import('./policy.ts')).runPolicyShow,
    },
    {
      name: 'set',
      arguments: ['<policy...>'],
      text: `set a data policy: ${presets.join(', ')} or JSON files; of several, the stricter of each part`,
      example: 'tiegel policy set eu-only no-retention',
      suggest: [{ words: presets }, 'files'],
      options: [
        organisationOption,
        {
          flags: '--account <id>',
          text: 'account that is meant: its policy adds to that of the organisation',
        },
        reasonOption,
      ],
      load: async () => (await import('./policy.ts')).runPolicySet,
    },
    {
      name: 'record',
      text: 'print the record of processing activities (GDPR, Article 30) of the configuration as it is',
      example: 'tiegel policy record',
      options: [organisationOption],
      load: async () => (await import('./policy.ts')).runPolicyRecord,
    },
    {
      name: 'prune',
      text: 'remove from the ledger and the audit log what data policies no longer keep: shows how much, and with --confirm does it',
      example: 'tiegel policy prune --confirm',
      options: [{ flags: '--confirm', text: 'remove; it cannot be undone' }, reasonOption],
      load: async () => (await import('./prune.ts')).runPolicyPrune,
    },
  ],
};

export const eraseCommand: CommandDescription = {
  name: 'erase',
  arguments: ['<principal>'],
  text: 'erase a person or service: shows what would go, and with --confirm does it and prints a receipt',
  example: 'tiegel erase prn_0123456789abcdef0123456789abcd --confirm',
  options: [organisationOption, { flags: '--confirm', text: 'erase; it cannot be undone' }, reasonOption],
  load: async () => (await import('./erase.ts')).runErase,
};
