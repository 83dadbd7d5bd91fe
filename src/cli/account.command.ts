// Describes `tiegel account list`, `create`, `update` and `archive`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

const regionOption = { flags: '--region <code>', text: 'where it belongs to, such as IT' };

const changeOptions = [organisationOption, reasonOption];

export const accountCommand: CommandDescription = {
  name: 'account',
  text: 'manage accounts, whose keys ask models (OpenAI calls them projects)',
  commands: [
    {
      name: 'list',
      text: 'list the accounts of an organisation',
      example: 'tiegel account list',
      options: [organisationOption],
      load: async () => (await import('./account.ts')).runAccountList,
    },
    {
      name: 'create',
      arguments: ['<name>'],
      text: 'make an account',
      example: 'tiegel account create research',
      options: [regionOption, ...changeOptions],
      load: async () => (await import('./account.ts')).runAccountCreate,
    },
    {
      name: 'update',
      arguments: ['<id>'],
      text: 'change what is known of an account',
      example: 'tiegel account update ID --name research',
      options: [{ flags: '--name <name>', text: 'another name' }, regionOption, ...changeOptions],
      load: async () => (await import('./account.ts')).runAccountUpdate,
    },
    {
      name: 'archive',
      arguments: ['<id>'],
      text: 'end an account: its keys stop working, its records stay',
      example: 'tiegel account archive ID',
      options: changeOptions,
      load: async () => (await import('./account.ts')).runAccountArchive,
    },
  ],
};
