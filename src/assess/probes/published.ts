// Does a server know the questions that everybody can read? Problems that are published with this program and problems that
// nobody has seen come from one generator, so that a model which never saw either answers both alike: which of a pair is solved, and
// which reply is longer, is a coin's toss. A server with answers ready for the published ones wins these tosses. Blind to one that
// has prepared only what is not a problem of the tasks.
import { collect, converse, servedTurn } from '../../reasoning/index.ts';
import { testRate } from '../../stats/index.ts';
import { heldOutProblems, type TaskName, type TaskSample } from '../../tasks/index.ts';
import type { ProbeContext, ProbeOutcome } from '../terms/probe.ts';
import { boxedInstruction, finalAnswer } from './final-answer.ts';

/** The problems that batteries for servers had until they drew their own. */
const publishedSeed = 20_264;

const tasks: readonly TaskName[] = ['multiplication', 'chain-arithmetic'];

/** A server without prepared answers fails with at most this probability. */
const falseAlarmRate = 0.002;

type PublishedContext = Pick<ProbeContext, 'engine' | 'serving' | 'template' | 'report' | 'signal'>;

type Reply = { readonly isSolved: boolean; readonly characters: number };

/** Bets on one of the two, from 0 to 1 or nothing where the pair says nothing. */
const signs: readonly ((published: Reply, fresh: Reply) => number | undefined)[] = [
  (published, fresh) => coin(Number(published.isSolved) - Number(fresh.isSolved)),
  (published, fresh) => coin(published.characters - fresh.characters),
  (published, fresh) => coin(fresh.characters - published.characters),
];

function coin(difference: number): number | undefined {
  return difference === 0 ? undefined : Number(difference > 0);
}

/** Fails as soon as it is certain; asks two questions a pair. @throws what the engine throws */
export async function comparePublished(
  { seed, pairs }: { readonly seed: number; readonly pairs: number },
  context: PublishedContext,
): Promise<ProbeOutcome> {
  const published = problemsOf(publishedSeed, pairs);
  const fresh = problemsOf(seed, pairs);
  const tests = signs.map(() => testRate('above', 0.5));
  let compared = 0;
  for (const [index, problem] of published.entries()) {
    const other = fresh[index];
    if (other === undefined) break;
    const [one, two] = [await replyTo(problem, context), await replyTo(other, context)];
    compared++;
    for (const [test, sign] of signs.entries()) {
      const tossed = sign(one, two);
      if (tossed !== undefined) tests[test]?.add(tossed);
    }
    context.report(compared, published.length);
    const evidence = logMeanOf(tests.map((test) => test.logEvidence()));
    if (evidence >= Math.log(1 / falseAlarmRate)) {
      const reason = `it answers published problems otherwise than new ones of the same kind (${compared} pairs)`;
      return { verdict: 'fail', reason, trials: compared, figures: { pairs: compared } };
    }
  }
  const reason = `it answers published problems as it does new ones (${compared} pairs)`;
  return { verdict: 'pass', reason, trials: compared, figures: { pairs: compared } };
}

/** In turns of the tasks. */
function problemsOf(seed: number, count: number): readonly TaskSample[] {
  const each = tasks.map((task) => heldOutProblems(task, seed, Math.ceil(count / tasks.length)));
  const [first = [], second = []] = each;
  return first.flatMap((problem, index) => [problem, ...second.slice(index, index + 1)]).slice(0, count);
}

/** Both of a pair are asked in the same way, without a seed. */
async function replyTo({ prompt, verify }: TaskSample, context: PublishedContext): Promise<Reply> {
  const messages = [{ role: 'user', content: `${prompt}\n${boxedInstruction}` }] as const;
  const turn = await collect(converse(context.engine, servedTurn(context, { messages }), context.signal));
  const characters = turn.reasoning.length + turn.answer.length;
  return { isSolved: verify(finalAnswer(turn.answer)).correct, characters };
}

function logMeanOf(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms);
  const sum = logarithms.reduce((total, one) => total + Math.exp(one - largest), 0);
  return largest + Math.log(sum / logarithms.length);
}
