// Describes `tiegel sign-in`, and `tiegel session list` and `end`.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

export const signInCommand: CommandDescription = {
  name: 'sign-in',
  text: 'print a link that signs a person in, once and within ten minutes',
  example: 'tiegel sign-in --for anna@example.org',
  options: [
    {
      flags: '--for <person>',
      text: 'identifier or e-mail address of the person (default: the owner)',
    },
    organisationOption,
    reasonOption,
  ],
  load: async () => (await import('./sign-in.ts')).runSignIn,
};

export const sessionCommand: CommandDescription = {
  name: 'session',
  text: 'list and end the sessions of people who are signed in',
  commands: [
    {
      name: 'list',
      text: 'list who is signed in',
      example: 'tiegel session list',
      options: [organisationOption],
      load: async () => (await import('./sign-in.ts')).runSessionList,
    },
    {
      name: 'end',
      arguments: ['<id>'],
      text: 'end a session; its running requests end too',
      example: 'tiegel session end ID --reason "left on a train"',
      options: [organisationOption, reasonOption],
      load: async () => (await import('./sign-in.ts')).runSessionEnd,
    },
  ],
};
