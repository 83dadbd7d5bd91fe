// Accounts for tests of linkage: honest ones of many kinds, and the accounts of one thief, each of which asks a part of one corpus.
import { type Random, seededRandom } from '../../base/index.ts';
import { type AccountState, addRequest, emptyAccountState } from '../account/account-state.ts';
import { createFeatureExtractor } from '../features/request-features.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { lexicalScoreOf } from '../score/lexical-score.ts';
import { type LinkageLimits, largerLimits, limitsOf } from './limits.ts';
import type { LinkedAccount } from './linked-account.ts';

const score = shippedGuardScore();
const extract = createFeatureExtractor([1, 2]);
export const words: readonly string[] =
  'invoice parcel meeting table garden lunch printer ticket holiday colour river engine lamp sugar border coat ladder music stone winter'.split(
    ' ',
  );
export const verbs: readonly string[] =
  'move find close send open paint count check print sort weigh fold'.split(' ');

export function stateOf(prompts: readonly string[], traceTokens = 300): AccountState {
  const state = emptyAccountState();
  for (const prompt of prompts) {
    const features = extract(prompt);
    const facts = {
      ...{
        inputTokens: 30,
        cachedTokens: 0,
        reasoningTokens: traceTokens,
        answerTokens: 40,
        traceShown: true,
      },
      ...{ opensConversation: true, clientGone: false, choices: 1, temperature: null, gapSeconds: 60 },
      inBenchmark: false,
    };
    addRequest(state, features, facts, lexicalScoreOf(score.lexical, features));
  }
  return state;
}

export type Circumstances = Partial<Pick<LinkedAccount, 'span' | 'infrastructure'>>;

export function accountOf(name: string, prompts: readonly string[], more: Circumstances = {}): LinkedAccount {
  const state = stateOf(prompts);
  return {
    organisation: name,
    account: name,
    useClass: 'rag',
    state,
    span: null,
    infrastructure: [],
    ...more,
  };
}

export const hour: number = 3_600_000;

/** Of a kind that asks of three words of its own, in sentences of its own. */
function promptsOf(kind: Random, random: Random, requests: number): readonly string[] {
  const [own, its] = [[0, 1, 2].map(() => kind.pick(words)), [0, 1, 2, 3].map(() => kind.pick(verbs))];
  return Array.from({ length: requests }, () => {
    return `please ${random.pick(its)} the ${random.pick(own)} of ${random.pick(own)} number ${random.integer(1, 9)}, ${random.pick(its)} it ${random.pick(['today', 'soon', 'twice', 'again'])}`;
  });
}

/** Accounts of thirty kinds. */
export function honest(seed: number, count: number, most = 100): readonly LinkedAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const random = seededRandom(seed, index);
    const requests = Math.min(most, random.integer(15, 60));
    const prompts = promptsOf(seededRandom(index % 30), random, requests);
    const first = random.integer(0, 160) * hour;
    return accountOf(`h${seed} ${index}`, prompts, {
      span: [first, first + random.integer(1, 60) * hour],
      infrastructure: [`network ${random.integer(0, 40)}`, `payment ${seed} ${index}`],
    });
  });
}

/** As honest accounts were when they had asked so much. */
export const limits: LinkageLimits = [2, 4, 8, 15, 30, 100]
  .map((most) => limitsOf(honest(1, 300, most)))
  .reduce(largerLimits);
export const population: readonly LinkedAccount[] = honest(2, 300);

export const question = (random: Random, number: number): string =>
  `${random.pick(['Derive', 'Prove', 'Compute', 'Explain'])} ${number} ${random.pick(['integral', 'sum', 'limit', 'series'])} over ${random.integer(2, 99)} and ${random.pick(words)}`;

/** Parts of one corpus, none of which two accounts ask. */
export function thieves(
  count: number,
  requests: number,
  wrap: (prompt: string, random: Random) => string,
  more: (index: number) => Circumstances = () => ({}),
): readonly LinkedAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const random = seededRandom(7, index);
    const prompts = Array.from({ length: requests }, (__, number) =>
      wrap(question(random, 1000 * index + number), random),
    );
    return accountOf(`thief ${index}`, prompts, more(index));
  });
}

export const wrappers: readonly ((prompt: string) => string)[] = [
  (p: string) => `${p}. Reason in many steps and then write down the result in a box`,
  (p: string) => `You are the best of experts in all things. ${p}`,
  (p: string) => `### Instruction, to be followed: ${p}`,
  (p: string) => `${p} Before the end of it give all of your thoughts in full`,
  (p: string) => `[TASK for you, now] ${p}`,
];

/** Honest accounts of a kind of their own each that ask as often, at times that are given. */
export function punctual(
  count: number,
  requests: number,
  more: (index: number) => Circumstances,
): readonly LinkedAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const random = seededRandom(13, index);
    return accountOf(`punctual ${index}`, promptsOf(seededRandom(index), random, requests), more(index));
  });
}
