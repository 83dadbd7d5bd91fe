// Describes `tiegel guard` and the commands under it.
import { type CommandDescription, organisationOption, reasonOption } from './command-description.ts';

export const guardCommand: CommandDescription = {
  name: 'guard',
  text: 'see which accounts use models as somebody would who harvests them',
  commands: [
    {
      name: 'status',
      text: 'say what is observed, what the calibration saw, and what could alarm at all',
      example: 'tiegel guard status',
      options: [organisationOption],
      load: async () => (await import('./guard.ts')).runGuardStatus,
    },
    {
      name: 'cases',
      text: 'list the cases of an organisation, the newest first',
      example: 'tiegel guard cases --all',
      options: [{ flags: '--all', text: 'those that were cleared as well' }, organisationOption],
      load: async () => (await import('./guard.ts')).runGuardCases,
    },
    {
      name: 'show',
      arguments: ['<case>'],
      text: 'show why a case was opened, and what would clear it',
      example: 'tiegel guard show case_…',
      options: [organisationOption],
      load: async () => (await import('./guard.ts')).runGuardShow,
    },
    {
      name: 'clear',
      arguments: ['<case>'],
      text: 'close a case as in order, end its measure, and open none for as much any more',
      example: 'tiegel guard clear case_… --reason "their contract allows it"',
      options: [{ ...reasonOption, required: true }, organisationOption],
      load: async () => (await import('./guard.ts')).runGuardClear,
    },
    {
      name: 'declare',
      arguments: ['<account>', '<class>'],
      text: 'write down what an account uses models for; it is judged by that class from then on',
      example: 'tiegel guard declare ID rag',
      suggest: [
        { words: [] },
        { words: ['chat', 'rag', 'agent', 'evaluation', 'labelling', 'synthetic-data'] },
      ],
      options: [organisationOption, reasonOption],
      load: async () => (await import('./guard.ts')).runGuardDeclare,
    },
    {
      name: 'calibrate',
      arguments: ['[file]'],
      text: 'calibrate on a log of honest traffic, or on the finished weeks that servers observed, and sign it',
      example: 'tiegel guard calibrate honest.jsonl',
      suggest: ['files'],
      options: [
        { flags: '--rate <rate>', text: 'share of honest weeks that may alarm (default: 0.001)' },
        { flags: '--out <file>', text: 'write the signed calibration to a file as well' },
        reasonOption,
      ],
      load: async () => (await import('./guard-calibrate.ts')).runGuardCalibrate,
    },
    {
      name: 'replay',
      arguments: ['<file>'],
      text: 'say of a log of traffic what the guard would have said, one line an account',
      example: 'tiegel guard replay traffic.jsonl --json',
      load: async () => (await import('./guard-replay.ts')).runGuardReplay,
    },
  ],
};
