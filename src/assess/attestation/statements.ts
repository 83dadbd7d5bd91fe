// What an assessment attests, as in-toto statements (Attestation Framework v1): a Test Result for every suite of
// criteria, and a SLSA Verification Summary for the verdict. A test that was not decided counts as failed here, since a
// consumer may take a warning for a pass; warnings are for what the policy only reports.
import { digestOf, type Json } from '../../base/index.ts';
import type { Statement } from '../../catalog/index.ts';
import type { Report } from '../reports/report.ts';

const statementType = 'https://in-toto.io/Statement/v1';

type Test = {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'warned' | 'failed';
};

/** One statement per suite: an aspect of the policy's criteria, or the battery if no policy decides. */
export function testResults(report: Report): readonly Statement[] {
  return [...Map.groupBy(testsIn(report), ({ suite }) => suite)].map(([suite, tests]) => {
    const named = (outcome: Test['outcome']): string[] =>
      tests.filter((test) => test.outcome === outcome).map(({ name }) => name);
    const [passedTests, warnedTests, failedTests] = [named('passed'), named('warned'), named('failed')];
    const result = failedTests.length > 0 ? 'FAILED' : warnedTests.length > 0 ? 'WARNED' : 'PASSED';
    return {
      _type: statementType,
      subject: subjectsOf(report),
      predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
      predicate: {
        result,
        configuration: [{ name: `suite ${suite}`, ...policyOf(report) }, ...evidenceOf(report)],
        ...{ passedTests, warnedTests, failedTests },
      },
    };
  });
}

/** @param inputs the envelopes of the test results, as written to the file */
export function verificationSummary(report: Report, inputs: readonly string[]): Statement {
  const { verdict, admissionKey, finished, decided } = report;
  const passed = verdict === 'pass';
  return {
    _type: statementType,
    subject: subjectsOf(report),
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: 'urn:tiegel:assess', version: { tiegel: decided?.program.version ?? '' } },
      timeVerified: finished,
      resourceUri: `urn:tiegel:subject:${admissionKey}`,
      policy: policyOf(report),
      inputAttestations: inputs.map((text, index) => ({
        uri: `${attestationName}#${index + 1}`,
        digest: { sha256: digestOf(text) },
      })),
      verificationResult: passed ? 'PASSED' : 'FAILED',
      // A level of our own, which the specification permits beside SLSA's.
      verifiedLevels: [passed ? levelOf(report) : 'FAILED'],
    },
  };
}

/** A bundle of envelopes, one per line, beside the evidence. */
export const attestationName = 'attestation.intoto.jsonl';

function levelOf({ decided }: Report): string {
  if (decided === null) return 'TIEGEL_ADMITTED';
  return `TIEGEL_${decided.outcome.toUpperCase().replaceAll('-', '_')}`;
}

function testsIn({ results, decided, battery }: Report): readonly Test[] {
  return results.map(({ name, verdict }) => {
    const criterion = decided?.policy.criteria.find((one) => one.name === name);
    const otherwise = criterion?.onFailure === 'report' ? 'warned' : 'failed';
    return {
      suite: criterion?.aspect ?? battery.name,
      name,
      outcome: verdict === 'pass' ? 'passed' : otherwise,
    };
  });
}

/** The weights file, if there is one, and the whole served tuple by its admission key. */
function subjectsOf({ model, subject, admissionKey }: Report): Statement['subject'] {
  const tuple = { name: `${model} as served`, digest: { sha256: admissionKey } };
  return 'weights' in subject ? [{ name: model, digest: { sha256: subject.weights } }, tuple] : [tuple];
}

function policyOf({ decided, battery }: Report): { readonly [name: string]: Json } {
  if (decided === null) return { uri: `urn:tiegel:battery:${battery.name}:${battery.version}` };
  const { policy, policyDigest } = decided;
  return { uri: `urn:tiegel:policy:${policy.name}:${policy.version}`, digest: { sha256: policyDigest } };
}

function evidenceOf({ evidence }: Report): Json[] {
  return [
    { name: 'evidence.jsonl', digest: { sha256: evidence.digest } },
    { name: 'Merkle root of the evidence', digest: { sha256: evidence.root } },
  ];
}
