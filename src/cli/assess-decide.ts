// `tiegel assess decide`: a verdict on trials that were recorded before anybody knew how often the judges err.
import { decideRecorded, exitCodeOf, fullBattery, type PolicyBattery, readLabels } from '../assess/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { assessmentJson, printAssessment } from './print-assessment.ts';

export async function runAssessDecide(
  { environment, terminal, clock }: CommandContext,
  evidence: string,
  { labels: files }: { readonly labels: readonly string[] },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const labels = await readLabels(files, (id) => findEvidence(environment.home, id));
  const path = findEvidence(environment.home, evidence);
  const batteryFor = (policy: PolicyBattery['policy']): PolicyBattery =>
    fullBattery({ policy, remote: false });
  const assessment = decideRecorded({ catalog, clock, path, labels, batteryFor });
  const { registration } = assessment.policy ?? {};
  if (registration !== undefined)
    printAssessment(terminal, registration.model, registration.battery, assessment);
  terminal.result(assessmentJson(assessment));
  return exitCodeOf(assessment.verdict);
}
