// Describes `tiegel store check`, `backup`, `restore` and `move`.
import { type CommandDescription, reasonOption } from './command-description.ts';

const trustOption = {
  flags: '--public-key <hex...>',
  text: 'keys that are trusted beside that of this installation',
};

export const storeCommand: CommandDescription = {
  name: 'store',
  text: 'check, back up and restore the store of accounts, keys and the ledger',
  commands: [
    {
      name: 'check',
      text: 'check the file, every chain of the audit log and the ledger, and the sums of the ledger',
      example: 'tiegel store check',
      options: [trustOption],
      load: async () => (await import('./store.ts')).runStoreCheck,
    },
    {
      name: 'backup',
      arguments: ['<file>'],
      text: 'copy the store while it is in use; the pepper of its keys is not in the copy',
      example: 'tiegel store backup /backup/tiegel-monday.db',
      load: async () => (await import('./store.ts')).runStoreBackup,
    },
    {
      name: 'restore',
      arguments: ['<file>'],
      text: 'put such a copy in the place of the store, which is kept beside it',
      example: 'tiegel store restore /backup/tiegel-monday.db --reason "disk failed"',
      options: [trustOption, reasonOption],
      load: async () => (await import('./store.ts')).runStoreRestore,
    },
    {
      name: 'move',
      text: 'copy the store into an empty database of PostgreSQL, and check that it arrived whole',
      example: 'tiegel store move --to postgres://tiegel@db.example/tiegel',
      options: [
        { flags: '--to <url>', text: 'the database; leave the password to PGPASSWORD', required: true },
        trustOption,
        reasonOption,
      ],
      load: async () => (await import('./store.ts')).runStoreMove,
    },
  ],
};
