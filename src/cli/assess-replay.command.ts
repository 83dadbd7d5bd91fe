// Describes `tiegel assess replay`.
import { type CommandDescription, draftOption, filterOption } from './command-description.ts';

export const assessReplayCommand: CommandDescription = {
  name: 'replay',
  arguments: ['<evidence>'],
  text: 'repeat some trials of an assessment and compare the replies',
  example: 'tiegel assess replay assessment_mf3k2a9x_5h1c --trials 10',
  options: [
    { flags: '--trials <number>', text: 'number of trials, drawn at random', default: '10' },
    { flags: '--problems <file>', text: 'the problems of the assessment, if it had any' },
    { flags: '--data <name=file...>', text: 'the data sets of the assessment, if it had any' },
    filterOption('the content filters of the assessment, if it had any'),
    { ...draftOption, text: 'the draft model of the assessment, if it had one' },
  ],
  load: async () => (await import('./assess-replay.ts')).runAssessReplay,
};
