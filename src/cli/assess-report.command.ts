// Describes `tiegel assess report`.
import type { CommandDescription } from './command-description.ts';

export const assessReportCommand: CommandDescription = {
  name: 'report',
  arguments: ['<evidence>'],
  text: 'write a report of an assessment',
  example: 'tiegel assess report tiegel-nano --format html --out report.html',
  options: [
    {
      flags: '--format <format>',
      text: 'html, md, junit, sarif or bom',
      default: 'html',
      suggest: [{ words: ['html', 'md', 'junit', 'sarif', 'bom'] }],
    },
    {
      flags: '--language <language>',
      text: 'en or de, of html',
      default: 'en',
      suggest: [{ words: ['en', 'de'] }],
    },
    { flags: '--out <file>', text: 'file to write (default: standard output)' },
  ],
  load: async () => (await import('./assess-report.ts')).runAssessReport,
};
