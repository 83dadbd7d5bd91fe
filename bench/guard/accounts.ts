// Accounts of one week: a stream of requests each, drawn from a kind of honest traffic, from corpora of extraction, or from both.
import type { Random } from '../../src/base/index.ts';
import { seededRandom } from '../../src/base/index.ts';
import type { RequestFacts } from '../../src/guard/account/account-state.ts';
import { createFeatureExtractor, type RequestFeatures } from '../../src/guard/features/request-features.ts';
import { spread } from '../../src/guard/sketches/hash.ts';
import type { Client } from './clients.ts';
import type { Kind } from './kinds.ts';
import { followUps } from './phrases.ts';

/** Features of a prompt, computed once for all accounts that ask it. */
export type Prompt = RequestFeatures & { readonly id: number };
export type Tenant = Omit<Kind, 'prompts'> & { readonly prompts: readonly Prompt[] };

export type Request = { readonly prompt: Prompt; readonly facts: RequestFacts; readonly stolen: boolean };
export type Account = { readonly requests: number; readonly next: () => Request };

export type Library = {
  readonly all: readonly Prompt[];
  readonly add: (texts: readonly string[]) => readonly Prompt[];
  readonly followUps: readonly Prompt[];
};

export function createLibrary(): Library {
  const extract = createFeatureExtractor([1, 2]);
  const all: Prompt[] = [];
  const add = (texts: readonly string[]): readonly Prompt[] =>
    texts.map((text) => {
      const prompt = { ...extract(text), id: all.length };
      all.push(prompt);
      return prompt;
    });
  return { all, add, followUps: add(followUps) };
}

/** The same prompt with other data in it. */
function renewed(prompt: Prompt, salt: number): Prompt {
  return { ...prompt, prompt: spread(prompt.prompt ^ salt) };
}

function factsOf(client: Client, random: Random, given: Partial<RequestFacts>): RequestFacts {
  const completion = client.completions[random.integer(0, client.completions.length - 1)]!;
  return {
    inputTokens: 100,
    cachedTokens: 0,
    reasoningTokens: Math.round(0.8 * completion),
    answerTokens: Math.round(0.2 * completion),
    traceShown: true,
    opensConversation: true,
    clientGone: false,
    choices: 1,
    temperature: 0.6,
    gapSeconds: 60,
    inBenchmark: false,
    ...given,
  };
}

export type HonestOptions = {
  /** Which prompts of the kind: those at even or at odd places. @default all */
  readonly half?: 0 | 1;
  readonly requests?: number;
  readonly mostRequests: number;
};

export function honestAccount(
  library: Library,
  tenant: Tenant,
  client: Client,
  seed: number,
  { half, requests, mostRequests }: HonestOptions,
): Account {
  const random = seededRandom(seed);
  const most = Math.min(mostRequests, Math.max(60, 7 * client.requestsPerDay));
  const length = requests ?? Math.round(40 * (most / 40) ** random.next());
  const mine = tenant.prompts.filter((_, index) => half === undefined || index % 2 === half);
  const kept = 0.3 + 0.7 * random.next();
  const drawn = mine.filter(() => random.next() < kept);
  const pool = drawn.length < 8 ? mine : drawn;
  const opens = tenant.conversations ? 0.1 + 0.9 * random.next() : 1;
  const shown = random.next() < 0.6 ? 1 : 0.3 * random.next();
  const cached = (tenant.useClass === 'agent' ? 0.85 : 0.3) * random.next();
  let count = 0;
  const next = (): Request => {
    const opensConversation = random.next() < opens;
    const facts = factsOf(client, random, {
      opensConversation,
      traceShown: random.next() < shown,
      cachedTokens: Math.round(100 * (opensConversation ? cached : Math.max(0.5, cached))),
    });
    const prompt = ((): Prompt => {
      if (!opensConversation && tenant.useClass === 'chat' && random.next() < 0.4)
        return random.pick(library.followUps);
      if (random.next() < tenant.repeats) return pool[random.integer(0, Math.min(7, pool.length - 1))]!;
      count++;
      if (tenant.useClass === 'evaluation') return pool[count % pool.length]!;
      return tenant.renewed ? renewed(random.pick(pool), seed + count) : random.pick(pool);
    })();
    return { prompt, facts, stolen: false };
  };
  return { requests: length, next };
}

/** Of two uses of one account, the second with that share. */
export function mixedAccount(first: Account, second: Account, share: number, random: Random): Account {
  return { requests: first.requests, next: () => (random.next() < share ? second : first).next() };
}

export type TheftOptions = {
  readonly share: number;
  readonly host: Account | null;
  readonly requests: number;
  /** Requests until the share is reached, in a straight line. @default 0 */
  readonly ramp?: number;
  /** The share of requests that repeat one of six prompts. @default 0 */
  readonly repeats?: number;
  /** The share of requests that continue a conversation. @default 0 */
  readonly padding?: number;
};

/** @param prompts of one corpus, by wrapper; each request takes one of them at random */
export function thiefAccount(
  library: Library,
  prompts: readonly (readonly Prompt[])[],
  client: Client,
  seed: number,
  { share, host, requests, ramp = 0, repeats = 0, padding = 0 }: TheftOptions,
): Account {
  const random = seededRandom(seed);
  let count = 0;
  const next = (): Request => {
    count++;
    const now = ramp === 0 ? share : share * Math.min(1, count / ramp);
    if (host !== null && random.next() >= now) return host.next();
    const wrapped = random.pick(prompts);
    const pads = random.next() < padding;
    if (pads && random.next() < 0.3)
      return {
        prompt: random.pick(library.followUps),
        facts: factsOf(client, random, { opensConversation: false, cachedTokens: 60 }),
        stolen: false,
      };
    const repeated = random.next() < repeats;
    const prompt = repeated
      ? wrapped[random.integer(0, 5)]!
      : renewed(random.pick(wrapped), spread(seed) ^ count);
    return { prompt, facts: factsOf(client, random, { opensConversation: !pads }), stolen: true };
  };
  return { requests, next };
}
