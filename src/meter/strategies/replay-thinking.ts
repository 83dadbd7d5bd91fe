// What strategies that look into the thinking would have given: capped, probed, or broken off where the model is unsure. What is cut
// off of a reply takes its part of the reply's seconds and money.
import {
  type BreakOff,
  createSlipWatch,
  mayExit,
  type ProbedAnswer,
  type Strategy,
} from '../../reasoning/index.ts';
import type { Pool, PooledProbe, PooledSample } from './pool.ts';
import type { Play } from './replay.ts';

type Cap = Extract<Strategy, { readonly type: 'cap' }>;
type Cascade = Extract<Strategy, { readonly type: 'cascade' }>;
type EarlyExit = Extract<Strategy, { readonly type: 'early' }>;

/** What was answered at the first place from there on, since tokens may come several at once. */
export function playCap({ budget }: Cap, { greedy, probes = [] }: Pool): Play {
  const probe = probes.find(({ thought }) => thought >= budget);
  if (probe === undefined || (greedy.thought ?? 0) <= budget)
    return { correct: greedy.correct, used: [greedy], settled: false };
  const reply = together(beginning(greedy, probe.thought), probe);
  return {
    correct: probe.correct,
    used: [{ ...reply, confidence: probe.confidence ?? null }],
    settled: true,
  };
}

/** Each tier is the reply with its budget; those that were asked are paid for. */
export function playCascade({ budgets, accept }: Cascade, pool: Pool): Play {
  const used: PooledSample[] = [];
  let [correct, settled] = [false, false];
  for (const budget of budgets) {
    const play = playCap({ type: 'cap', budget: budget ?? Number.POSITIVE_INFINITY }, pool);
    used.push(...play.used);
    correct = play.correct;
    const confidence = play.used[0]?.confidence ?? 0;
    settled = accept.type === 'check' ? correct : confidence >= accept.level;
    if (settled) break;
  }
  return { correct, used, settled };
}

/** Every probe is paid for; the one that ends the thinking is the reply. */
export function playEarlyExit({ every, maxProbes, rule }: EarlyExit, { greedy, probes = [] }: Pool): Play {
  const used: PooledProbe[] = [];
  const found: ProbedAnswer[] = [];
  let due = every;
  for (const probe of probes) {
    if (probe.thought < due || used.length === maxProbes) continue;
    due = probe.thought + every;
    used.push(probe);
    const isSure = rule.type !== 'agreement' || !probe.hesitates;
    found.push({ key: isSure ? probe.key : null, confidence: probe.confidence ?? null });
    if (!mayExit(rule, found)) continue;
    const reply = together(beginning(greedy, probe.thought), ...used);
    return { correct: probe.correct, used: [reply], settled: true };
  }
  return { correct: greedy.correct, used: [together(greedy, ...used)], settled: false };
}

/** The samples of which those are cut, and without an answer, whose thinking is unsure; the last one is kept. */
export function brokenOff(samples: readonly PooledSample[], breakOff: BreakOff): readonly PooledSample[] {
  return samples.map((sample, index) => {
    if (index === samples.length - 1) return sample;
    const cut = (sample.sureness ?? []).findIndex(createSlipWatch(breakOff));
    return cut < 0 ? sample : { ...beginning(sample, cut + 1), key: null, correct: false };
  });
}

function beginning(sample: PooledSample, tokens: number): PooledSample {
  const share = sample.tokens === 0 ? 0 : Math.min(1, tokens / sample.tokens);
  return {
    ...sample,
    tokens: Math.min(tokens, sample.tokens),
    seconds: share * (sample.seconds ?? 0),
    money: share * (sample.money ?? 0),
  };
}

function together(reply: PooledSample, ...probes: readonly PooledProbe[]): PooledSample {
  const sum = (of: (each: PooledSample | PooledProbe) => number): number =>
    [reply, ...probes].reduce((total, each) => total + of(each), 0);
  return {
    ...reply,
    tokens: sum(({ tokens }) => tokens),
    seconds: sum(({ seconds = 0 }) => seconds),
    money: sum(({ money = 0 }) => money),
  };
}
