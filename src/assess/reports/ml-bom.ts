// A report as CycloneDX 1.6 ML-BOM (ECMA-424): the model as a component with hashes, its card with the measured figures,
// and what it runs on. The serial number follows from the evidence, so that the same evidence gives the same file.
import { type Json, oneLine } from '../../base/index.ts';
import type { Subject } from '../../catalog/index.ts';
import { notMeant, notTested } from './coverage.ts';
import type { Decided, Report } from './report.ts';
import { headline } from './words.ts';

/** What only the catalog knows about the model, if it still has it. */
export type ModelFacts = {
  readonly license: string | null;
  readonly architecture: string;
  readonly source: string;
};

export function mlBom(report: Report, facts: ModelFacts | null): Json {
  const { model, subject, evidence, decided, id, finished, admissionKey } = report;
  const reference = `model:${admissionKey}`;
  const runtime = `runtime:${subject.runtimeBuild}`;
  const remote = 'remote' in subject;
  const files = filesBeside(subject);
  const beside = files.map((file) => file['bom-ref']);
  const ends = [...beside, runtime].map((ref) => ({ ref }));
  const version = 'remote' in subject ? subject.remote.model : subject.weights.slice(0, 12);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(evidence.digest)}`,
    version: 1,
    metadata: {
      timestamp: finished,
      tools: {
        components: [{ type: 'application', name: 'tiegel', version: decided?.program.version ?? '0' }],
      },
      component: {
        type: 'machine-learning-model',
        'bom-ref': reference,
        name: oneLine(model),
        version,
        ...('weights' in subject && { hashes: [{ alg: 'SHA-256', content: subject.weights }] }),
        ...(facts?.license && { licenses: [{ license: { name: oneLine(facts.license) } }] }),
        modelCard: {
          modelParameters: {
            task: 'text-generation',
            ...(facts && { architectureFamily: facts.architecture }),
            inputs: [{ format: 'text' }],
            outputs: [{ format: 'text' }],
          },
          quantitativeAnalysis: { performanceMetrics: decided === null ? [] : metricsOf(decided) },
          considerations: { technicalLimitations: [...notTested(report), ...notMeant].map(oneLine) },
        },
        properties: properties({
          'tiegel:verdict': headline(report).words,
          'tiegel:admissionKey': admissionKey,
          'tiegel:evidence:sha256': evidence.digest,
          'tiegel:evidence:merkleRoot': evidence.root,
          'tiegel:assessment': id,
          ...('weights' in subject && {
            'tiegel:quantisation': subject.quantisation,
            'tiegel:chatTemplate:sha256': subject.chatTemplate,
            'tiegel:tokenizer:sha256': subject.tokenizer,
          }),
          ...(facts && { 'tiegel:source': facts.source }),
          ...(decided && { 'tiegel:policy:sha256': decided.policyDigest }),
        }),
      },
    },
    components: remote
      ? []
      : [...files, { type: 'framework', 'bom-ref': runtime, name: oneLine(subject.runtimeBuild) }],
    dependencies: remote ? [] : [{ ref: reference, dependsOn: [...beside, runtime] }, ...ends],
  };
}

type Component = { readonly [name: string]: Json; readonly 'bom-ref': string };

/** What is loaded with the weights. */
function filesBeside(subject: Subject): readonly Component[] {
  if (!('weights' in subject)) return [];
  const { adapters, draft } = subject;
  const component = (kind: string, digest: string): Component => ({
    type: 'machine-learning-model',
    'bom-ref': `${kind}:${digest}`,
    name: kind,
    version: digest.slice(0, 12),
    hashes: [{ alg: 'SHA-256', content: digest }],
  });
  return [
    ...adapters.map((digest) => component('adapter', digest)),
    ...(draft === undefined ? [] : [component('draft', draft)]),
  ];
}

function metricsOf({ criteria }: Decided): Json[] {
  return criteria.flatMap(({ criterion, decision, served }) => {
    const { estimate, interval } = served ?? decision;
    if (estimate === null) return [];
    return [
      {
        type: criterion.metric,
        value: String(estimate),
        slice: `${criterion.name}: ${criterion.probe}, ${criterion.attacks.join(', ')}`,
        ...(interval && {
          confidenceInterval: { lowerBound: String(interval.lower), upperBound: String(interval.upper) },
        }),
      },
    ];
  });
}

function properties(values: Readonly<Record<string, string>>): Json[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: oneLine(value) }));
}

/** Version 8 of RFC 9562: bits of our own, here those of a digest. */
function uuidOf(digest: string): string {
  const variant = ((Number.parseInt(digest[16] as string, 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
