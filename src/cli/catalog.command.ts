// Describes the commands that show and change what is in the catalog: `list`, `show`, `remove` and `revoke`.
import { type CommandDescription, filterOption } from './command-description.ts';

export const listCommand: CommandDescription = {
  name: 'list',
  text: 'list the models in the catalog and the names that can be pulled',
  example: 'tiegel list',
  load: async () => (await import('./list.ts')).runList,
};

export const showCommand: CommandDescription = {
  name: 'show',
  arguments: ['<model>'],
  text: 'show everything that is known about a model',
  example: 'tiegel show tiegel-nano',
  options: [filterOption('content filters that the model would be served with')],
  load: async () => (await import('./show.ts')).runShow,
};

export const removeCommand: CommandDescription = {
  name: 'remove',
  arguments: ['<model>'],
  text: 'remove a model and the files that no other model needs',
  example: 'tiegel remove old',
  load: async () => (await import('./remove.ts')).runRemove,
};

export const revokeCommand: CommandDescription = {
  name: 'revoke',
  arguments: ['<model>'],
  text: 'withdraw a model from service; running servers stop serving it within a second',
  example: 'tiegel revoke old --reason "answers with planted instructions"',
  suggest: ['models', 'remotes'],
  options: [
    { flags: '--reason <sentence>', text: 'what operators and clients are told', required: true },
    { flags: '--lift', text: 'lift the revocation' },
  ],
  load: async () => (await import('./revoke.ts')).runRevoke,
};
