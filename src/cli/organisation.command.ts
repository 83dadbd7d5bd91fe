// Describes `tiegel organisation list`, `create`, `update` and `archive`.
import { type CommandDescription, reasonOption } from './command-description.ts';

const factOptions = [
  { flags: '--time-zone <zone>', text: 'where its days and months begin, such as Europe/Rome' },
  { flags: '--currency <code>', text: 'currency of its prices and budgets, such as EUR' },
  reasonOption,
];

export const organisationCommand: CommandDescription = {
  name: 'organisation',
  text: 'manage organisations, which accounts, people and keys belong to',
  commands: [
    {
      name: 'list',
      text: 'list the organisations',
      example: 'tiegel organisation list',
      load: async () => (await import('./organisation.ts')).runOrganisationList,
    },
    {
      name: 'create',
      arguments: ['<name>'],
      text: 'make an organisation with its owner',
      example: 'tiegel organisation create "Example Ltd" --time-zone Europe/Rome --currency EUR',
      options: factOptions,
      load: async () => (await import('./organisation.ts')).runOrganisationCreate,
    },
    {
      name: 'update',
      arguments: ['<id>'],
      text: 'change what is known of an organisation',
      example: 'tiegel organisation update ID --name "Example Ltd"',
      options: [{ flags: '--name <name>', text: 'another name' }, ...factOptions],
      load: async () => (await import('./organisation.ts')).runOrganisationUpdate,
    },
    {
      name: 'archive',
      arguments: ['<id>'],
      text: 'end an organisation: its keys stop working, its records stay',
      example: 'tiegel organisation archive ID --reason "contract ended"',
      options: [reasonOption],
      load: async () => (await import('./organisation.ts')).runOrganisationArchive,
    },
  ],
};
