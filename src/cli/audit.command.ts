// Describes `tiegel audit list`, `export` and `verify`.
import { type CommandDescription, organisationOption } from './command-description.ts';

export const auditCommand: CommandDescription = {
  name: 'audit',
  text: 'read the audit log, and check that nothing in it was changed',
  commands: [
    {
      name: 'list',
      text: 'list the latest entries of an organisation',
      example: 'tiegel audit list --limit 50',
      options: [
        { flags: '--limit <number>', text: 'how many', default: '20' },
        { flags: '--system', text: 'entries of the whole system, such as signed heads' },
        organisationOption,
      ],
      load: async () => (await import('./audit.ts')).runAuditList,
    },
    {
      name: 'export',
      arguments: ['<file>'],
      text: 'write the whole log as JSON lines, which can be checked without the store',
      example: 'tiegel audit export audit.jsonl',
      load: async () => (await import('./audit.ts')).runAuditExport,
    },
    {
      name: 'verify',
      arguments: ['<file>'],
      text: 'check such a file: every row, and the signed heads of each day',
      example: 'tiegel audit verify audit.jsonl',
      options: [{ flags: '--public-key <hex>', text: 'the one key that heads have to be signed by' }],
      load: async () => (await import('./audit.ts')).runAuditVerify,
    },
  ],
};
