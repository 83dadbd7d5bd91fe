// Describes `tiegel assess label`.
import type { CommandDescription } from './command-description.ts';

export const assessLabelCommand: CommandDescription = {
  name: 'label',
  arguments: ['<evidence>'],
  text: 'draw trials for people to label, so that the error rate of a judge can be measured',
  example: 'tiegel assess label tiegel-nano --criterion harm-direct --sample 200 --out harm.labels.jsonl',
  options: [
    { flags: '--criterion <name>', text: 'criterion of the policy that was applied', required: true },
    { flags: '--sample <number>', text: 'number of trials', default: '200' },
    { flags: '--seed <number>', text: 'seed of the draw', default: '1' },
    { flags: '--out <file>', text: 'file to write; it must not exist yet', required: true },
  ],
  load: async () => (await import('./assess-label.ts')).runAssessLabel,
};
