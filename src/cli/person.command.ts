// Describes `tiegel person list`, `add`, `role` and `remove`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

const roleWords = { words: ['owner', 'administrator', 'security', 'billing', 'member', 'viewer'] };
const accountOption = {
  flags: '--account <id>',
  text: 'account in which the role counts (default: the whole organisation)',
};

export const personCommand: CommandDescription = {
  name: 'person',
  text: 'manage the people of an organisation and their roles',
  commands: [
    {
      name: 'list',
      text: 'list people and services with their roles',
      example: 'tiegel person list',
      options: [organisationOption],
      load: async () => (await import('./person.ts')).runPersonList,
    },
    {
      name: 'add',
      arguments: ['<name>'],
      text: 'add a person, who can then sign in',
      example: 'tiegel person add Anna --email anna@example.org --role administrator',
      options: [
        { flags: '--email <address>', text: 'by which a provider of sign-ins knows the person' },
        { flags: '--role <role>', text: 'what the person may do', default: 'member', suggest: [roleWords] },
        accountOption,
        organisationOption,
        reasonOption,
      ],
      load: async () => (await import('./person.ts')).runPersonAdd,
    },
    {
      name: 'role',
      arguments: ['<person>', '[role]'],
      text: 'give somebody a role in place of the one there; without a role, end it',
      example: 'tiegel person role anna@example.org security',
      suggest: [roleWords],
      options: [accountOption, organisationOption, reasonOption],
      load: async () => (await import('./person.ts')).runPersonRole,
    },
    {
      name: 'remove',
      arguments: ['<person>'],
      text: 'end the roles, the sessions and the keys of somebody; `tiegel erase` also forgets who it was',
      example: 'tiegel person remove anna@example.org --reason "left the company"',
      options: [organisationOption, reasonOption],
      load: async () => (await import('./person.ts')).runPersonRemove,
    },
  ],
};
