// Describes `tiegel assess label`.
import type { CommandDescription } from './command-description.ts';

export const assessLabelCommand: CommandDescription = {
  name: 'label',
  arguments: ['<evidence>'],
  text: 'draw trials for people to label, so that the error rate of a judge can be measured, and ask for the labels',
  example: 'tiegel assess label assessment_mf3k2a9x_5h1c --out pilot.labels.jsonl --ask',
  options: [
    {
      flags: '--criterion <name>',
      text: 'criterion whose trials are drawn (default: the pilot, for every judge that it measures)',
    },
    { flags: '--sample <number>', text: 'number of trials (default: 200; of a pilot all)' },
    { flags: '--seed <number>', text: 'seed of the draw', default: '1' },
    {
      flags: '--out <file>',
      text: 'file to write; it must not exist yet, unless --ask goes on with it',
      required: true,
    },
    {
      flags: '--ask',
      text: 'show one reply after the other and ask for its label; what is answered is kept at once',
    },
  ],
  load: async () => (await import('./assess-label.ts')).runAssessLabel,
};
