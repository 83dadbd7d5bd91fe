// Describes `tiegel teach report`.
import type { CommandDescription } from './command-description.ts';

export const teachReportCommand: CommandDescription = {
  name: 'report',
  arguments: ['<run...>'],
  text: 'report on training runs: learning curves, comparison with controls, sample rollouts',
  example: 'tiegel teach report runs/nano --out report.html',
  suggest: ['directories'],
  options: [
    { flags: '--out <file>', text: 'file to write (default: standard output)' },
    { flags: '--markdown', text: 'write the tables as Markdown, for a model card, instead of HTML' },
    { flags: '--figures <directory>', text: 'also write every figure to this directory, as SVG' },
  ],
  load: async () => (await import('./teach-report.ts')).runTeachReport,
};
