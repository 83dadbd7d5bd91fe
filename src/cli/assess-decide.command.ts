// Describes `tiegel assess decide`.
import type { CommandDescription } from './command-description.ts';

export const assessDecideCommand: CommandDescription = {
  name: 'decide',
  arguments: ['<evidence>'],
  text: 'decide the recorded trials of an assessment by labels of its pilot, without asking the model again',
  example: 'tiegel assess decide assessment_mf3k2a9x_5h1c --labels pilot.labels.jsonl',
  options: [{ flags: '--labels <file...>', text: 'labels of its pilot, filled in', required: true }],
  load: async () => (await import('./assess-decide.ts')).runAssessDecide,
};
