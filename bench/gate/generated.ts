// Criteria of the policy `general` on generated replies: models whose true rates are known, in the wording of
// src/assess/generated-replies, ruled on by the judges that are shipped. Every item has several replies of each kind,
// ruled on once; an assessment draws which kind a trial is, by the true rate, and which of its replies. The judge's record
// is counted anew for every assessment, from as many labelled rulings as an operator would label.
import {
  type AnswerKind,
  type ChainKind,
  generateAnswer,
  generateChain,
} from '../../src/assess/generated-replies/generate-replies.ts';
import { ruleOn } from '../../src/assess/judges/assessable.ts';
import { harmJudge } from '../../src/assess/judges/harm-judge.ts';
import { refusalJudge } from '../../src/assess/judges/refusal-judge.ts';
import { decideCriterion } from '../../src/assess/policy/decide-criterion.ts';
import type { Observation } from '../../src/assess/policy/observation.ts';
import { planTrials } from '../../src/assess/policy/plan-trials.ts';
import { loadPolicy, type RateCriterion } from '../../src/assess/policy/policy.ts';
import { harmProbe } from '../../src/assess/probes/harm/harm-probe.ts';
import { overRefusalProbe } from '../../src/assess/probes/over-refusal/over-refusal-probe.ts';
import type {
  Attempt,
  ChainOutcome,
  Item,
  Judge,
  JudgeAdmission,
  Outcome,
} from '../../src/assess/terms/trial.ts';
import { type Random, seededRandom } from '../../src/base/index.ts';
import { wilsonInterval } from '../../src/stats/index.ts';

/** What a trial says in which what the criterion watches for takes place, and in which it does not. */
type Kinds = readonly (readonly [ChainKind, AnswerKind])[];

type Subject = {
  readonly criterion: string;
  readonly items: readonly Item[];
  readonly judge: Judge;
  readonly watched: Kinds;
  readonly other: Kinds;
};

const harm = harmJudge();

const subjects: readonly Subject[] = [
  {
    ...{ criterion: 'harm-direct', items: harmProbe.items, judge: harm },
    watched: [
      ['harmful', 'harmful'],
      ['declining', 'behind-refusal'],
      ['declining', 'mixed-languages'],
    ],
    other: [
      ['declining', 'refusal'],
      ['declining', 'short-refusal'],
    ],
  },
  {
    ...{ criterion: 'harm-direct-reasoning', items: harmProbe.items, judge: harm },
    watched: [['harmful', 'short-refusal']],
    other: [['declining', 'short-refusal']],
  },
  {
    ...{ criterion: 'over-refusal', items: overRefusalProbe.items, judge: refusalJudge() },
    watched: [
      ['plain', 'refusal'],
      ['plain', 'short-refusal'],
    ],
    other: [['plain', 'answer']],
  },
];

const variants = 4;
const runs = 200;
const labelsOfEachKind = 100;

type Ruled = { readonly answer: Outcome; readonly reasoning: ChainOutcome | null };
type Replies = ReadonlyMap<string, readonly Ruled[]>;

export type GeneratedFigure = {
  readonly criterion: string;
  readonly trueRate: number;
  readonly admitted: number;
  readonly rejected: number;
  readonly runs: number;
  /** Wilson, 95 %, of the share that was admitted. */
  readonly lower: number;
  readonly upper: number;
  /** Trials until the decision, on average. */
  readonly trials: number;
};

export type JudgeFigure = {
  readonly criterion: string;
  /** Rulings by kind: of what is watched for, and of what is not. */
  readonly watched: Readonly<Record<string, number>>;
  readonly other: Readonly<Record<string, number>>;
};

/** Admissions just below and above the threshold, and what the judges made of the replies. */
export async function benchGenerated(): Promise<{
  readonly figures: readonly GeneratedFigure[];
  readonly judges: readonly JudgeFigure[];
}> {
  const figures: GeneratedFigure[] = [];
  const judges: JudgeFigure[] = [];
  for (const [index, subject] of subjects.entries()) {
    const criterion = loadPolicy('general').criteria.find(({ name }) => name === subject.criterion);
    if (criterion === undefined || criterion.metric === 'check') throw new TypeError(subject.criterion);
    const watched = await repliesOf(subject, subject.watched, index);
    const other = await repliesOf(subject, subject.other, index);
    judges.push({
      criterion: criterion.name,
      watched: countsOf(criterion, watched),
      other: countsOf(criterion, other),
    });
    const { threshold } = criterion;
    for (const factor of [0, 0.5, 0.9, 1.1, 2]) {
      figures.push(assessOften(subject, criterion, threshold * factor, { watched, other }, [index, factor]));
    }
  }
  return { figures, judges };
}

async function repliesOf(subject: Subject, kinds: Kinds, stream: number): Promise<Replies> {
  const replies = new Map<string, readonly Ruled[]>();
  for (const [at, item] of subject.items.entries()) {
    const request = (item.expectation as { readonly request: string }).request;
    const ruled: Ruled[] = [];
    for (const [which, [chain, answer]] of kinds.entries()) {
      for (let variant = 0; variant < variants; variant++) {
        const random = seededRandom(20_263, stream, at, which, variant);
        const attempt: Attempt = {
          ...{ question: { messages: item.messages }, seed: 1 },
          reply: {
            reasoning: generateChain(chain, item.language, request, random),
            answer: generateAnswer(answer, item.language, request, random),
            ...{ toolCalls: [], finish: 'stop', completionTokens: 1, reasoningTokens: 1, milliseconds: 1 },
          },
        };
        const { answer: outcome, reasoning } = await ruleOn(subject.judge, item, attempt);
        ruled.push({ answer: outcome, reasoning });
      }
    }
    replies.set(item.id, ruled);
  }
  return replies;
}

function outcomeOf({ metric }: RateCriterion, { answer, reasoning }: Ruled): Outcome {
  if (metric !== 'reasoning-rate') return answer;
  return reasoning === null || reasoning === 'absent' ? 'unassessed' : reasoning;
}

function countsOf(criterion: RateCriterion, replies: Replies): Readonly<Record<string, number>> {
  const outcomes = [...replies.values()].flat().map((ruled) => outcomeOf(criterion, ruled));
  const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
  return { succeeded: count('succeeded'), resisted: count('resisted'), unassessed: count('unassessed') };
}

type Both = { readonly watched: Replies; readonly other: Replies };

function assessOften(
  subject: Subject,
  criterion: RateCriterion,
  trueRate: number,
  both: Both,
  path: readonly [number, number],
): GeneratedFigure {
  let [admitted, rejected, trials] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(20_264, path[0], Math.round(100 * path[1]), run);
    const admission = labelled(subject, criterion, both, random);
    const observations = observe(subject, criterion, trueRate, both, random);
    const decision = decideCriterion(criterion, observations, admission);
    if (decision.state === 'met') admitted++;
    if (decision.state === 'not-met') rejected++;
    trials += decision.trials;
  }
  const { lower, upper } = wilsonInterval(admitted, runs);
  return {
    criterion: criterion.name,
    trueRate,
    admitted,
    rejected,
    runs,
    lower,
    upper,
    trials: trials / runs,
  };
}

/** Counts of as many rulings of each kind in each language, of those that were assessed. */
function labelled(
  { items }: Subject,
  criterion: RateCriterion,
  { watched, other }: Both,
  random: Random,
): JudgeAdmission {
  const counts = criterion.languages.map((language) => {
    const own = items.filter((item) => item.language === language);
    const right = (replies: Replies, wanted: Outcome): number => {
      let count = 0;
      for (let label = 0; label < labelsOfEachKind; ) {
        const outcome = outcomeOf(criterion, random.pick(replies.get(random.pick(own).id) ?? []));
        if (outcome === 'unassessed') continue;
        label++;
        if (outcome === wanted) count++;
      }
      return count;
    };
    const truePositives = right(watched, 'succeeded');
    const trueNegatives = right(other, 'resisted');
    return {
      ...{ family: 'generated', language, truePositives, trueNegatives },
      falseNegatives: labelsOfEachKind - truePositives,
      falsePositives: labelsOfEachKind - trueNegatives,
    };
  });
  return { labels: 'generated', counts };
}

function observe(
  { items }: Subject,
  criterion: RateCriterion,
  trueRate: number,
  { watched, other }: Both,
  random: Random,
): readonly Observation[] {
  return planTrials(criterion, items, random).map(({ index, item, attack, clusterSize }) => {
    const replies = random.next() < trueRate ? watched : other;
    const { answer, reasoning } = random.pick(replies.get(item.id) ?? []);
    const { id, category, cluster, language } = item;
    return {
      ...{ index, item: id, category, cluster, clusterSize, language, attack },
      ...{ outcome: answer, reasoningOutcome: reasoning, family: 'generated' },
    };
  });
}
