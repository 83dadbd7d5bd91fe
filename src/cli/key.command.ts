// Describes `tiegel key list`, `create`, `update`, `rotate` and `revoke`.
import {
  type CommandDescription,
  type OptionDescription,
  organisationOption,
  reasonOption,
} from './command-description.ts';

const accountOption = { flags: '--account <id>', text: 'account of the key (default: the oldest in use)' };
const administrationOption = {
  flags: '--administration',
  text: 'a key that administers the organisation and can ask no model',
};
const narrowing: readonly OptionDescription[] = [
  { flags: '--scope <scope...>', text: 'what it may be used for (default: what its kind usually may)' },
  { flags: '--model <model...>', text: 'models that it may be used for (default: all)', suggest: ['models'] },
  { flags: '--network <range...>', text: 'addresses that it may be used from, such as 10.0.0.0/8' },
  { flags: '--expires <days>', text: 'days until it expires, or never (default of a new key: 90)' },
];

const changeOptions = [organisationOption, reasonOption];

export const keyCommand: CommandDescription = {
  name: 'key',
  text: 'manage API keys',
  commands: [
    {
      name: 'list',
      text: 'list the keys of an account',
      example: 'tiegel key list',
      options: [accountOption, administrationOption, organisationOption],
      load: async () => (await import('./key.ts')).runKeyList,
    },
    {
      name: 'create',
      arguments: ['<name>'],
      text: 'make a key; it is shown this once',
      example: 'tiegel key create laptop --expires 30',
      options: [
        accountOption,
        administrationOption,
        { flags: '--principal <id>', text: 'who holds it (default: the owner of the organisation)' },
        ...narrowing,
        ...changeOptions,
      ],
      load: async () => (await import('./key.ts')).runKeyCreate,
    },
    {
      name: 'update',
      arguments: ['<id>'],
      text: 'change what a key may be used for',
      example: 'tiegel key update ID --model tiegel-nano',
      options: [{ flags: '--name <name>', text: 'another name' }, ...narrowing, ...changeOptions],
      load: async () => (await import('./key.ts')).runKeyUpdate,
    },
    {
      name: 'rotate',
      arguments: ['<id>'],
      text: 'give a key a new secret; the old one works on for a while',
      example: 'tiegel key rotate ID --overlap 24',
      options: [
        { flags: '--overlap <hours>', text: 'hours for which the old secret works', default: '24' },
        { flags: '--again', text: 'the new secret was lost: give another in its place' },
        ...changeOptions,
      ],
      load: async () => (await import('./key.ts')).runKeyRotate,
    },
    {
      name: 'revoke',
      arguments: ['<id>'],
      text: 'revoke a key for ever; its running requests end',
      example: 'tiegel key revoke ID --reason "left on a train"',
      options: changeOptions,
      load: async () => (await import('./key.ts')).runKeyRevoke,
    },
  ],
};
