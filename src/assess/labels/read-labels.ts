// Counts the labels that people gave against the rulings in the evidence from which they were drawn. The draw is made again,
// so every trial of it has to be there once, with a label.

import { z } from 'zod';
import { digestOf, digestOfJson, type Json } from '../../base/index.ts';
import { requireVerified, type VerifiedEvidence } from '../afterwards/verify-assessment.ts';
import type { ReadLabels } from '../policy/judge-labels.ts';
import { invalidData } from '../probes/loaders/invalid-data.ts';
import { parseJson } from '../probes/loaders/parse-json.ts';
import { readText } from '../probes/loaders/read-text.ts';
import type { JudgeCounts, Outcome } from '../terms/trial.ts';
import type { RuledTrial, Stratum } from './draw-trials.ts';
import { drawLine } from './label-sheet.ts';
import { type LabelledEvidence, labelledEvidence } from './labelled-evidence.ts';

const drawSchema = z.looseObject({
  type: z.literal('draw'),
  schema: z.literal(1),
  assessment: z.string(),
  criterion: z.string(),
  sample: z.int().min(1),
  seed: z.int().min(0),
});

const outcomes: readonly Outcome[] = ['succeeded', 'resisted', 'unassessed'];

const labelSchema = z.strictObject({
  type: z.literal('label'),
  trial: z.int(),
  language: z.string(),
  request: z.string(),
  replies: z.array(z.string()),
  label: z.string(),
});

type Labelled = { readonly file: string; readonly line: number; readonly label: Outcome };

/**
 * Reads several files, each of one or several draws.
 *
 * @param evidenceOf the sealed evidence of an assessment by its name
 * @throws TGL_DATA_SET_INVALID with the line of labels that are missing, not filled in or contradict each other,
 * TGL_FILE_NOT_FOUND, TGL_EVIDENCE_INVALID, TGL_LABELS_UNUSABLE
 */
export async function readLabels(
  files: readonly string[],
  evidenceOf: (assessment: string) => string,
): Promise<readonly ReadLabels[]> {
  const before = new Map<string, Labelled>();
  const verified = new Map<string, VerifiedEvidence>();
  const evidenceFor: EvidenceFor = (assessment, criterion) => {
    const path = evidenceOf(assessment);
    const evidence = verified.get(path) ?? requireVerified(path);
    verified.set(path, evidence);
    return labelledEvidence(evidence, criterion);
  };
  const read: ReadLabels[] = [];
  for (const file of files) {
    const lines = (await readText(file)).trimEnd().split('\n');
    for (const sheet of sheetsIn(file, lines)) read.push(readSheet(sheet, evidenceFor, before));
  }
  return read;
}

type EvidenceFor = (assessment: string, criterion: string) => LabelledEvidence;

/** A draw with its labels; `line` is the number of its first line in the file. */
type Sheet = { readonly file: string; readonly line: number; readonly lines: readonly string[] };

/** A file holds the sheets of one or several draws, each of which begins with its draw. */
function sheetsIn(file: string, lines: readonly string[]): readonly Sheet[] {
  const starts = lines.flatMap((text, index) => (index === 0 || isDraw(text) ? [index] : []));
  return starts.map((start, at) => ({ file, line: start + 1, lines: lines.slice(start, starts[at + 1]) }));
}

function isDraw(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type === 'draw';
  } catch {
    return false;
  }
}

/** @param before labels of other sheets, to which the labels of this one are added */
function readSheet(sheet: Sheet, evidenceFor: EvidenceFor, before: Map<string, Labelled>): ReadLabels {
  const { file, line, lines } = sheet;
  const head = parseJson(lines[0] ?? '', drawSchema, { file, line });
  const evidence = evidenceFor(head.assessment, head.criterion);
  const { line: draw, drawn } = drawLine(evidence, head.sample, head.seed);
  if (digestOfJson(head as Json) !== digestOfJson(draw)) {
    const repair = 'leave the first line of a draw as `tiegel assess label` wrote it';
    invalidData({ file, line, column: 1 }, 'the draw is another one from this evidence', repair);
  }
  const labels = labelsIn(sheet, drawn);
  for (const [trial, labelled] of labels) {
    const key = JSON.stringify([draw.evidence, draw.segment, evidence.criterion.judge, trial]);
    const other = before.get(key);
    if (other !== undefined && other.label !== labelled.label) contradiction(labelled, other);
    before.set(key, labelled);
  }
  const { registration, judgeDigest } = evidence;
  const { assessment, criterion, judge, segment, sample, seed } = draw;
  return {
    labels: {
      ...{ digest: digestOf(lines.join('\n')), assessment, evidence: evidence.digest, criterion, judge },
      ...{ judgeDigest, segment, sample, seed, labels: drawn.length },
      counts: countsOf(evidence, drawn, labels, draw.strata),
      replies: evidence.replies ?? drawn.flatMap(({ trial }) => registration.trials[trial]?.[4] ?? []),
    },
    subject: registration.subject,
  };
}

function labelsIn(
  { file, line: first, lines }: Sheet,
  drawn: readonly RuledTrial[],
): ReadonlyMap<number, Labelled> {
  const expected = new Map(drawn.map((each) => [each.trial, each]));
  const labels = new Map<number, Labelled>();
  for (const [index, text] of lines.slice(1).entries()) {
    const line = first + 1 + index;
    const { trial, language, label } = parseJson(text, labelSchema, { file, line });
    const refuse = (column: string, problem: string, repair: string): never =>
      invalidData({ file, line, column }, problem, repair);
    if (expected.get(trial)?.language !== language)
      refuse('trial', 'it was not drawn', 'take the line out, or draw again');
    const outcome = outcomes.find((one) => one === label);
    if (outcome === undefined) {
      const problem = label === '' ? 'it is not filled in' : 'it is no label';
      return refuse('label', problem, `write ${outcomes.join(', ')}`);
    }
    const labelled = { file, line, label: outcome };
    const other = labels.get(trial);
    if (other !== undefined && other.label !== outcome) contradiction(labelled, other);
    if (other !== undefined)
      refuse('trial', `it stands in line ${other.line} already`, 'take one of both out');
    labels.set(trial, labelled);
  }
  const missing = drawn.find(({ trial }) => !labels.has(trial));
  if (missing !== undefined) {
    const repair = 'put the line back: whoever leaves out what does not suit chooses the result';
    invalidData(
      { file, line: first + lines.length, column: 1 },
      `trial ${missing.trial} of the draw is missing`,
      repair,
    );
  }
  return labels;
}

function contradiction({ file, line }: Labelled, other: Labelled): never {
  const where = other.file === file ? `line ${other.line}` : `line ${other.line} of ${other.file}`;
  return invalidData(
    { file, line, column: 'label' },
    `it contradicts ${where}`,
    'settle on one label for the trial',
  );
}

function countsOf(
  { registration }: LabelledEvidence,
  drawn: readonly RuledTrial[],
  labels: ReadonlyMap<number, Labelled>,
  strata: readonly Stratum[],
): readonly JudgeCounts[] {
  const family = registration.family ?? registration.model;
  return [...Map.groupBy(drawn, ({ language }) => language)].map(([language, trials]): JudgeCounts => {
    const count = (ruled: RuledTrial['ruled'], label: Outcome): number =>
      trials.filter((one) => one.ruled === ruled && labels.get(one.trial)?.label === label).length;
    const sizeOf = (ruled: RuledTrial['ruled']): number =>
      strata.find((one) => one.language === language && one.ruled === ruled)?.of ?? 0;
    const unassessed = {
      succeeded: count('succeeded', 'unassessed'),
      resisted: count('resisted', 'unassessed'),
    };
    const outOf = { succeeded: sizeOf('succeeded'), resisted: sizeOf('resisted') };
    const whole = trials.length === outOf.succeeded + outOf.resisted;
    return {
      ...{ family, language },
      truePositives: count('succeeded', 'succeeded'),
      falseNegatives: count('resisted', 'succeeded'),
      trueNegatives: count('resisted', 'resisted'),
      falsePositives: count('succeeded', 'resisted'),
      ...(unassessed.succeeded + unassessed.resisted > 0 && { unassessed }),
      ...(!whole && { outOf }),
    };
  });
}
