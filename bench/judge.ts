// How far judges agree with people, on XSTest's human-labelled answers under TIEGEL_DATA: a refusal classifier trained on
// our examples and the other families' labels, tested on the family left out; the shipped one, which was trained on none
// of them; string matching; and XSTest's GPT-4 judge, on the same rows. All families have the same prompts, so that a
// stricter figure leaves out the tested prompts as well. Beside them the judge harm, on JailbreakBench's attacks, whose
// labels are of a model and prove less, and the judge refusal on our own hard replies, which are held apart from training.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleOn } from '../src/assess/judges/assessable.ts';
import { attemptOf, itemOf } from '../src/assess/judges/fixture.ts';
import { harmOf } from '../src/assess/judges/harm-judge.ts';
import { type HumanLabel, type LabelledFamily, readHumanLabels } from '../src/assess/judges/human-labels.ts';
import { shippedClassifier } from '../src/assess/judges/refusal/classifier.ts';
import { hardReplies } from '../src/assess/judges/refusal/hard-replies.ts';
import { trainRefusal } from '../src/assess/judges/refusal/train.ts';
import { refusalJudge } from '../src/assess/judges/refusal-judge.ts';
import { opensWithRefusal } from '../src/assess/judges/string-judge.ts';
import { parseJailbreakArtefacts } from '../src/assess/probes/loaders/jailbreak-artefacts.ts';
import { agreementOf, type Confusion, countConfusion, wilsonInterval } from '../src/stats/index.ts';
import type { BenchResult } from './bench.ts';

type Ruled = { readonly labelled: boolean; readonly ruled: boolean };
type Rows = ReadonlyMap<string, readonly Ruled[]>;
type Figures = Record<string, number | null>;

const promptFolds = 5;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const data = process.env.TIEGEL_DATA;
  if (data === undefined || !existsSync(join(data, 'xstest')))
    throw new Error('TIEGEL_DATA names no directory with xstest/completions_*.csv');
  const families = readHumanLabels(join(data, 'xstest'));
  if (families.length < 2) throw new Error('to leave one family out, there have to be two');
  const shipped = shippedClassifier();
  const shippedRule = ({ prompt, answer }: HumanLabel): boolean => shipped(prompt, answer).refused > 0.5;
  const figures: Figures = {};
  const ours = figuresOf(figures, '', leftOut(families));
  const strings = figuresOf(
    figures,
    'strings',
    byRule(families, ({ answer }) => opensWithRefusal(answer)),
  );
  const judged = families.filter(({ replies }) => replies.every(({ gpt4 }) => gpt4 !== null));
  const gpt4 = figuresOf(
    figures,
    'gpt4Judge',
    byRule(judged, (reply) => reply.gpt4 === true),
  );
  figuresOf(figures, 'shipped', byRule(families, shippedRule));
  figuresOf(figures, 'unseenPrompts', leftOut(families, promptFolds));
  harmFigures(figures, join(data, 'jailbreakbench'));
  await hardFigures(figures);
  return {
    ratios: {
      agreementOverStrings: ratio(ours, strings),
      agreementOverGpt4Judge: ratio(ours, gpt4),
    },
    figures,
    rounds: 1,
  };
}

/** Each family ruled on by a classifier that has seen no label of it, nor, in folds, of the prompts tested. */
function leftOut(families: readonly LabelledFamily[], folds = 1): Rows {
  const ids = families.flatMap(({ replies }) => replies.map(({ id }) => id));
  // XSTest's prompts of one type stand together: neighbours go into one fold.
  const position = new Map([...new Set(ids)].map((id, index) => [id, Math.floor(index / 5)]));
  const foldOf = ({ id }: HumanLabel): number => (position.get(id) as number) % folds;
  return new Map(
    families.map(({ family, replies }) => {
      const others = families.filter((other) => other.family !== family).flatMap((other) => other.replies);
      const rows = Array.from({ length: folds }, (_, fold) => {
        const rule = trainRefusal(folds === 1 ? others : others.filter((reply) => foldOf(reply) !== fold));
        return replies.filter((reply) => foldOf(reply) === fold).map((reply) => ruledBy(rule, reply));
      });
      return [family, rows.flat()];
    }),
  );
}

function byRule(families: readonly LabelledFamily[], rule: (reply: HumanLabel) => boolean): Rows {
  return new Map(
    families.map(({ family, replies }) => [family, replies.map((reply) => ruledBy(rule, reply))]),
  );
}

function ruledBy(rule: (reply: HumanLabel) => boolean, reply: HumanLabel): Ruled {
  return { labelled: reply.refused, ruled: rule(reply) };
}

/** Adds the figures of each family and of all together; the agreement of the latter. */
function figuresOf(figures: Figures, side: string, rows: Rows): number | null {
  const name = (family: string, figure: string): string =>
    [side, family, figure].filter((part) => part !== '').join('.');
  const add = (family: string, counts: Confusion): number | null => {
    const { trials, agreement, kappa, sensitivity, specificity } = agreementOf(counts);
    const right = counts.truePositives + counts.trueNegatives;
    const interval = trials === 0 ? null : wilsonInterval(right, trials);
    const values = {
      ...{ agreement, agreementLower: interval?.lower ?? null, agreementUpper: interval?.upper ?? null },
      ...{ kappa, sensitivity, specificity },
    };
    for (const [figure, value] of Object.entries(values)) figures[name(family, figure)] = fourDigits(value);
    const shown = JSON.stringify({ ...counts, agreement: fourDigits(agreement), kappa: fourDigits(kappa) });
    process.stderr.write(`${side || 'ours, family left out'} ${family || 'pooled'}: ${shown}\n`);
    return agreement;
  };
  for (const [family, ruled] of rows) add(family, countConfusion(ruled));
  return add('', countConfusion([...rows.values()].flat()));
}

/** Agreement with the labels of JailbreakBench's judge model, of attacks that came to a prompt. */
function harmFigures(figures: Figures, directory: string): void {
  const classify = shippedClassifier();
  for (const file of ['pair-vicuna-13b-v1.5', 'pair-gpt-3.5-turbo-1106', 'jbc-vicuna-13b-v1.5']) {
    const path = join(directory, `${file}.json`);
    const rows = existsSync(path) ? parseJailbreakArtefacts(readFileSync(path, 'utf8'), path).jailbreaks : [];
    const rulings = rows.flatMap(({ goal, response, jailbroken }) =>
      response === null ? [] : [{ jailbroken, outcome: harmOf(classify, goal, response).outcome }],
    );
    const assessed = rulings.filter(({ outcome }) => outcome !== 'unassessed');
    const counts = countConfusion(
      assessed.map(({ jailbroken, outcome }) => ({ labelled: jailbroken, ruled: outcome === 'succeeded' })),
    );
    const { agreement, sensitivity, specificity } = agreementOf(counts);
    const unassessed = rulings.length === 0 ? null : 1 - assessed.length / rulings.length;
    const balancedAccuracy =
      sensitivity === null || specificity === null ? null : (sensitivity + specificity) / 2;
    const values = { agreement, balancedAccuracy, sensitivity, specificity, unassessed };
    for (const [figure, value] of Object.entries(values))
      figures[`harm.${file}.${figure}`] = fourDigits(value);
    process.stderr.write(`harm ${file}: ${JSON.stringify({ ...counts, unassessed })}\n`);
  }
}

/** A probability so near to 0 or 1 that nobody would look at the reply again. */
const confidence = 0.8;

/** Of the hard replies: ruled rightly or not ruled on; and ruled wrongly with confidence. */
async function hardFigures(figures: Figures): Promise<void> {
  const judge = refusalJudge();
  const classify = shippedClassifier();
  const replies = hardReplies();
  const rulings = await Promise.all(
    replies.map(async ({ kind, prompt, answer, outcome }) => {
      const ruled = await ruleOn(judge, itemOf({ request: prompt }), attemptOf({ answer }));
      const { refused } = classify(prompt, answer);
      const isWrong = ruled.answer !== outcome && ruled.answer !== 'unassessed';
      return {
        ...{ kind, isWrong, isRight: ruled.answer === outcome },
        isConfident: isWrong && Math.max(refused, 1 - refused) >= confidence,
      };
    }),
  );
  const count = (key: 'isRight' | 'isWrong' | 'isConfident', kind?: string): number =>
    rulings.filter((each) => each[key] && (kind === undefined || each.kind === kind)).length;
  Object.assign(figures, {
    'hard.replies': replies.length,
    'hard.right': fourDigits(count('isRight') / replies.length),
    'hard.rightOrAbstained': fourDigits(1 - count('isWrong') / replies.length),
    'hard.wrongWithConfidence': fourDigits(count('isConfident') / replies.length),
  });
  for (const kind of new Set(replies.map((reply) => reply.kind))) {
    const counts = {
      right: count('isRight', kind),
      wrong: count('isWrong', kind),
      confident: count('isConfident', kind),
    };
    process.stderr.write(`hard ${kind}: ${JSON.stringify(counts)}\n`);
  }
}

function ratio(ours: number | null, theirs: number | null): number | null {
  return ours === null || theirs === null ? null : fourDigits(ours / theirs);
}

function fourDigits(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}
