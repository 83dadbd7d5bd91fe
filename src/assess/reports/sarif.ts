// A report as SARIF 2.1.0 (OASIS), the format of code scanners: a rule per criterion, a result for each that is not met or not
// decided. Texts of trials are left out; a result states the reason of the decision.
import { type Json, lookUp, oneLine } from '../../base/index.ts';
import { standards } from '../policy/standards.ts';
import type { Report } from './report.ts';
import { nameOfAspect } from './words.ts';

export function sarifReport(report: Report): Json {
  const { results, decided, model, evidence, finished } = report;
  const rules = results.map(({ name }) => {
    const criterion = decided?.policy.criteria.find((one) => one.name === name);
    const words = criterion === undefined ? `probe ${name}` : nameOfAspect(criterion);
    return {
      id: name,
      shortDescription: { text: oneLine(words) },
      ...(criterion && {
        properties: {
          tags: criterion.standards.map((key) => `${key} ${lookUp(standards, key)?.title ?? ''}`.trim()),
        },
      }),
    };
  });
  const found = results.flatMap(({ name, verdict, reason }, ruleIndex) => {
    if (verdict === 'pass') return [];
    const reported = decided?.policy.criteria.some((one) => one.name === name && one.onFailure === 'report');
    const level = reported ? 'note' : verdict === 'fail' ? 'error' : 'warning';
    return [
      {
        ruleId: name,
        ruleIndex,
        level,
        kind: verdict === 'fail' ? 'fail' : 'review',
        message: { text: oneLine(`${model}: ${reason}`) },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'evidence.jsonl' } } }],
        partialFingerprints: { criterion: `${report.admissionKey}/${name}` },
      },
    ];
  });
  // The schema allows levels other than none for the kind fail only.
  const conform = found.map((result) => (result.kind === 'fail' ? result : { ...result, level: 'none' }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'tiegel assess', version: decided?.program.version ?? '0', rules } },
        automationDetails: { id: oneLine(`${model}/${report.id}`) },
        artifacts: [{ location: { uri: 'evidence.jsonl' }, hashes: { 'sha-256': evidence.digest } }],
        invocations: [{ executionSuccessful: (decided?.stopped ?? null) === null, endTimeUtc: finished }],
        results: conform,
      },
    ],
  };
}
