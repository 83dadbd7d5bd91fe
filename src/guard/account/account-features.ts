// The features of an account by which it is scored: of the whole week, and of the requests since the checkpoint before, so that
// what begins late shows as well. What only a whole week can tell stays that of the week.
import { projections } from '../features/fourier.ts';
import { largestCount } from '../sketches/count-min.ts';
import { distinctIn } from '../sketches/hyper-log-log.ts';
import { type AccountState, sumOf } from './account-state.ts';

export const featureNames = [
  'mean resemblance',
  'spread of resemblance',
  'share that resembles',
  'share that resembles much',
  'first of a conversation',
  'prompt from the cache',
  'trace shown',
  'length of prompts',
  'spread of lengths',
  'answer against prompt',
  'different prompts',
  'different skeletons',
  'most frequent wrapper',
  'likeness of prompts',
  'spread over topics',
] as const;

/** What is remembered of a state at a checkpoint. */
export type Snapshot = { readonly sums: Float64Array; readonly scores: Uint32Array };

export function snapshotOf({ sums, scores }: AccountState): Snapshot {
  return { sums: sums.slice(), scores: scores.slice() };
}

/** One number for each of {@link featureNames}. @param since leaves out what came before it, where requests can be told apart */
export function accountFeatures(state: AccountState, since?: Snapshot): readonly number[] {
  const sums = since === undefined ? state.sums : state.sums.map((sum, index) => sum - since.sums[index]!);
  const scores =
    since === undefined ? state.scores : state.scores.map((count, index) => count - since.scores[index]!);
  const requests = sumOf(sums, 'requests');
  const all = sumOf(state.sums, 'requests');
  const mean = (name: Parameters<typeof sumOf>[1]): number => sumOf(sums, name) / requests;
  const deviation = (square: number, average: number): number =>
    Math.sqrt(Math.max(0, square - average ** 2));
  const shareFrom = (cell: number): number =>
    scores.subarray(cell).reduce((sum, count) => sum + count, 0) / requests;
  return [
    mean('score'),
    deviation(mean('squaredScore'), mean('score')),
    shareFrom(scores.length / 2),
    shareFrom(scores.length / 2 + 4),
    mean('opening'),
    mean('cachedShare'),
    mean('traceShown'),
    mean('logCharacters'),
    deviation(mean('squaredLogCharacters'), mean('logCharacters')),
    mean('logAnswerRatio'),
    Math.min(1.1, distinctIn(state.prompts) / all),
    Math.min(1.1, distinctIn(state.skeletons) / all),
    Math.min(1, largestCount(state.edges) / all),
    likeness(state, all),
    entropy(state.topics, all),
  ];
}

/** The mean kernel of two different requests of the account, estimated without bias; 0 for a single request. */
function likeness({ fourier }: AccountState, requests: number): number {
  if (requests < 2) return 0;
  const squares = fourier.reduce((sum, value) => sum + (value / 1024) ** 2, 0) / projections;
  return (squares - requests) / (requests * (requests - 1));
}

function entropy(counts: Uint32Array, total: number): number {
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  );
}
