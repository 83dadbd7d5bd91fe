// Describes `tiegel officer` and the commands under it.
import type { CommandDescription } from './command-description.ts';

const keyOption = {
  flags: '--key-file <file>',
  text: "the officer's private key (default: keys/officer.pem of the data directory)",
};

export const officerCommand: CommandDescription = {
  name: 'officer',
  text: 'say which policies admit a model to be served here',
  commands: [
    {
      name: 'init',
      text: "make the officer's key and word; from then on only an accepted policy admits",
      example: 'tiegel officer init --name "Jo Officer" --key-file /media/stick/officer.pem',
      options: [{ flags: '--name <name>', text: 'who answers for it', required: true }, keyOption],
      load: async () => (await import('./officer.ts')).runOfficerInit,
    },
    {
      name: 'accept',
      arguments: ['<policy>'],
      text: 'accept a policy: general, general-screening, tasks or a JSON file',
      example: 'tiegel officer accept general --as-strong --days 365',
      suggest: [{ words: ['general', 'general-screening', 'tasks'] }, 'files'],
      options: [
        { flags: '--as-strong', text: 'accept every policy that is as strong as well' },
        { flags: '--days <number>', text: 'how long it is accepted', default: '365' },
        {
          flags: '--lift <who>',
          text: 'who lifts a rejection by it: policy (an admission by the same or a stronger one) or officer',
          default: 'policy',
          suggest: [{ words: ['policy', 'officer'] }],
        },
        keyOption,
      ],
      load: async () => (await import('./officer.ts')).runOfficerAccept,
    },
    {
      name: 'show',
      text: 'show the accepted policies and where the log of decisions stands',
      example: 'tiegel officer show',
      load: async () => (await import('./officer.ts')).runOfficerShow,
    },
    {
      name: 'lift',
      arguments: ['<model>'],
      text: 'lift the rejections of a model in the configuration that it would be served in',
      example: 'tiegel officer lift old --reason "the judge was wrong, see the labels"',
      suggest: ['models', 'remotes'],
      options: [{ flags: '--reason <sentence>', text: 'why', required: true }, keyOption],
      load: async () => (await import('./officer.ts')).runOfficerLift,
    },
    {
      name: 'trust',
      arguments: ['[key]'],
      text: "believe signatures of somebody else's key, in hexadecimal or as a file; without one, list whose are believed",
      example: 'tiegel officer trust lab.pub.pem --name "the lab"',
      suggest: ['files'],
      options: [
        { flags: '--name <name>', text: 'whose key it is' },
        { flags: '--remove', text: 'believe it no longer' },
        keyOption,
      ],
      load: async () => (await import('./officer-trust.ts')).runOfficerTrust,
    },
    {
      name: 'restore',
      text: 'begin the log of decisions anew after an honest restore; every model has to be assessed again',
      example: 'tiegel officer restore --reason "disk replaced, copy of Sunday"',
      options: [{ flags: '--reason <sentence>', text: 'what happened', required: true }],
      load: async () => (await import('./officer.ts')).runOfficerRestore,
    },
  ],
};
