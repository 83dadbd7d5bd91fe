// The file that people fill in, as JSON lines: how its trials were drawn, then one trial per line with what was asked for, what
// came back and an empty label. It does not say what the judge ruled, so that nobody is influenced by it.

import { TiegelError } from '../../base/index.ts';
import { requireVerified } from '../afterwards/verify-assessment.ts';
import type { Registration } from '../evidence/assessment-lines.ts';
import { rubrics } from '../judges/llm-judge.ts';
import { requestOf, saidAnswer, saidReasoning } from '../judges/said.ts';
import { probeDigest, registrationIn } from '../plan/registration.ts';
import { censorshipFactsProbe, censorshipProbe } from '../probes/censorship/censorship-probe.ts';
import { harmProbe } from '../probes/harm/harm-probe.ts';
import { overRefusalProbe } from '../probes/over-refusal/over-refusal-probe.ts';
import type { Attempt, Item, Outcome, Probe, Segment } from '../terms/trial.ts';
import { drawTrials, type Stratum, sharesOf } from './draw-trials.ts';
import { type LabelledEvidence, labelledEvidence, pilotCriteria } from './labelled-evidence.ts';

/** The first line: from which evidence, how and with what probabilities the trials were drawn. */
export type DrawLine = {
  readonly type: 'draw';
  readonly schema: 1;
  readonly assessment: string;
  /** SHA-256 of the evidence. */
  readonly evidence: string;
  readonly criterion: string;
  readonly judge: string;
  readonly segment: Segment;
  readonly sample: number;
  readonly seed: number;
  readonly strata: readonly Stratum[];
};

/** The trials of one criterion, or those of a pilot on which one judge ruled. */
export type LabelSheet = {
  readonly draw: DrawLine;
  /** Trials to be labelled. */
  readonly labels: number;
  /** Trials that could have been drawn. */
  readonly trials: number;
};

export type LabelSheets = {
  /** All sheets, one behind the other. */
  readonly text: string;
  readonly sheets: readonly LabelSheet[];
};

/** What the labels mean for each judge, in sentences. */
export function labelMeaning(judge: string): Readonly<Record<Outcome, string>> {
  const refusal = judge === 'refusal' || judge === rubrics.refusal.name;
  const harm = judge === 'harm' || judge === rubrics.harm.name;
  const usual = { succeeded: 'What the probe watches for took place.', resisted: 'It did not.' };
  const { succeeded, resisted } = refusal ? rubrics.refusal : harm ? rubrics.harm : usual;
  return { succeeded, resisted, unassessed: 'Neither can be said.' };
}

export type SheetOptions = {
  /** @default the pilot of the assessment, whose judges are labelled one after the other */
  readonly criterion?: string | undefined;
  /** Trials of all sheets together. @default all of a pilot, 200 of a criterion */
  readonly sample?: number | undefined;
  readonly seed: number;
};

const usualSample = 200;

/**
 * The trials to be labelled. A trial with several replies has one label: `succeeded` if one of them did.
 *
 * @throws TGL_EVIDENCE_INVALID, TGL_LABELS_UNUSABLE, also if withheld texts are not at hand
 */
export function labelSheets(path: string, { criterion, sample, seed }: SheetOptions): LabelSheets {
  const read = requireVerified(path);
  const registration = registrationIn(read.evidence.lines);
  const criteria =
    criterion === undefined && registration !== undefined ? pilotCriteria(registration) : [criterion ?? ''];
  const refuse = (problem: string): TiegelError =>
    new TiegelError('TGL_LABELS_UNUSABLE', {
      ...{ criterion: criterion ?? 'a pilot', assessment: read.verified.id, problem },
    });
  if (criteria.length === 0) throw refuse('it has no pilot; name a criterion');
  const labelled = criteria
    .map((name) => labelledEvidence(read, name))
    .filter(({ trials }) => trials.length > 0);
  if (labelled.length === 0) throw refuse('the judge ruled on none of its trials');
  const shares = sharesOf(
    labelled.map(({ trials }) => trials.length),
    sample ?? (registration?.pilot === undefined ? usualSample : Number.MAX_SAFE_INTEGER),
  );
  const sheets = labelled.map((evidence, index) => sheetOf(evidence, shares[index] as number, seed));
  return {
    text: sheets.flatMap(({ lines }) => lines.map((line) => `${JSON.stringify(line)}\n`)).join(''),
    sheets: sheets.map(({ sheet }) => sheet),
  };
}

function sheetOf(
  evidence: LabelledEvidence,
  sample: number,
  seed: number,
): { readonly lines: readonly object[]; readonly sheet: LabelSheet } {
  const { line: draw, drawn } = drawLine(evidence, sample, seed);
  const { registration, criterion } = evidence;
  const itemOf = itemsOf(registration);
  const lines = drawn.map(({ trial, language }) => {
    const attempts = evidence.attemptsOf(trial);
    if (attempts === null)
      throw new TiegelError('TGL_LABELS_UNUSABLE', {
        ...{ criterion: criterion.name, assessment: registration.id },
        problem: 'its withheld texts are not at hand',
      });
    const replies = attempts.map((said) => saidIn(said, evidence.segment));
    const request = requestIn(attempts, itemOf(trial));
    return { type: 'label', trial, language, request, replies, label: '' };
  });
  return {
    lines: [draw, ...lines],
    sheet: { draw, labels: lines.length, trials: evidence.trials.length },
  };
}

/** Makes the draw of a file, or makes it again. */
export function drawLine(
  { digest, registration, criterion, segment, trials }: LabelledEvidence,
  sample: number,
  seed: number,
): { readonly line: DrawLine; readonly drawn: ReturnType<typeof drawTrials>['drawn'] } {
  const { strata, drawn } = drawTrials(trials, sample, seed);
  const line: DrawLine = {
    ...{ type: 'draw', schema: 1, assessment: registration.id, evidence: digest },
    ...{ criterion: criterion.name, judge: criterion.judge, segment, sample, seed, strata },
  };
  return { line, drawn };
}

/** An attempt as it is in the evidence. */
type Said = Pick<Attempt, 'question'> & Pick<Attempt['reply'], 'reasoning' | 'answer'>;

function saidIn({ question, reasoning, answer }: Said, segment: Segment): string {
  const attempt = { question, reply: { reasoning, answer } } as Attempt;
  return segment === 'answer' ? saidAnswer(attempt) : saidReasoning(attempt);
}

/** The request in its direct form if the probe is still the same, otherwise as the attack put it. */
function requestIn(attempts: readonly Said[], item: Item | undefined): string {
  if (item !== undefined) return requestOf(item);
  const messages = attempts[0]?.question.messages ?? [];
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
}

/** The criteria whose judges can err. */
const probes: readonly Probe[] = [harmProbe, overRefusalProbe, censorshipProbe, censorshipFactsProbe];

function itemsOf(registration: Registration): (trial: number) => Item | undefined {
  const same = probes.filter((probe) => {
    const was = registration.probes.find(({ name }) => name === probe.name);
    return was !== undefined && was.digest === probeDigest(probe);
  });
  const items = new Map(same.map(({ name, items }) => [name, new Map(items.map((item) => [item.id, item]))]));
  return (trial) => {
    const [probe = '', , , item = ''] = registration.trials[trial] ?? [];
    return items.get(probe)?.get(item);
  };
}
