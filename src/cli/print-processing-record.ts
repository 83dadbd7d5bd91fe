// The record of processing activities, for people.
import { oneLine } from '../base/index.ts';
import type { ProcessingRecord } from '../governance/index.ts';
import type { Terminal } from './terminal.ts';

export function printProcessingRecord(terminal: Terminal, record: ProcessingRecord): void {
  const section = (title: string, lines: readonly string[]): void => {
    terminal.print(`\n${terminal.bold(title)}`);
    for (const line of lines.length === 0 ? ['none'] : lines) terminal.print(`  ${oneLine(line)}`);
  };
  const recipient = ({ operator, region, models, allowed }: ProcessingRecord['recipients'][number]): string =>
    `${operator}, in ${region}: ${models.join(', ')}${allowed ? '' : ' (forbidden by the policy)'}`;
  const { organisation, at, policyVersion, controller, contact } = record;
  terminal.print(terminal.bold(`Record of processing activities of ${oneLine(organisation)}`));
  terminal.print(
    `  as of ${at}, under the data policy ${policyVersion === 0 ? 'by default' : `version ${policyVersion}`}`,
  );
  section('Controller', [controller ?? 'not stated', ...(contact === null ? [] : [contact])]);
  section('Purposes', record.purposes.length === 0 ? ['not stated'] : record.purposes);
  section('Data subjects', [record.dataSubjects]);
  section(
    'Categories of data, places and periods',
    record.categories.map(({ data, where, kept }) => `${data}: ${kept}; ${where}`),
  );
  section('Recipients', record.recipients.map(recipient));
  section('Transfers out of the EU and EEA', record.transfers.map(recipient));
  section('Measures', record.measures);
  section('Missing', record.missing);
}
