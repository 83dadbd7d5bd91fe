// Servers with right answers ready for every published problem, and a model of their own for the rest: the checks of the battery for
// servers as they are, with seeds that are drawn for the assessment, and with those that anybody can read.
import { remoteBattery } from '../../src/assess/batteries/remote.ts';
import { withSeed } from '../../src/assess/batteries/secret-seeds.ts';
import { measureCapability } from '../../src/assess/probes/capability.ts';
import { comparePublished } from '../../src/assess/probes/published.ts';
import type { ProbeSettings } from '../../src/assess/terms/battery.ts';
import type { ProbeContext, ProbeOutcome } from '../../src/assess/terms/probe.ts';
import { type Random, seededRandom } from '../../src/base/index.ts';
import { createScriptedEngine } from '../../src/engine/index.ts';
import { heldOutProblems } from '../../src/tasks/index.ts';
import { readAndSolve } from '../../src/tasks/testing.ts';

export type PreparedServer = {
  /** Share of problems that its own model solves. */
  readonly solves: number;
  readonly hasPrepared: boolean;
  /** Whether the assessment draws its seeds, or takes those that are published. */
  readonly seeds: 'drawn' | 'published';
};

const serving: ProbeContext['serving'] = {
  runtimeBuild: 'simulated 1',
  sampling: { temperature: 0.6, topP: 1, maxTokens: 400 },
  ...{ thinkingBudget: null, systemPrompt: null, filters: [] },
};

const published = new Set(
  remoteBattery.probes.flatMap((settings) =>
    settings.probe === 'capability'
      ? (['multiplication', 'chain-arithmetic'] as const).flatMap((task) =>
          heldOutProblems(task, settings.seed, settings.problemsPerTask).map(({ prompt }) => prompt),
        )
      : [],
  ),
);

/** How many questions it had been asked when it failed; null if it did not. */
export async function assessPrepared(seed: number, server: PreparedServer): Promise<number | null> {
  let asked = 0;
  const random = seededRandom(seed, 8);
  const engine = createScriptedEngine({
    model: 'prepared',
    capabilities: { promptForm: 'messages', seed: false, thinkingStop: 'none', logProbabilities: 'none' },
    reply: ({ turn }) => {
      asked++;
      return replyOf(server, turn?.messages.at(-1)?.content.split('\n')[0] ?? '', random);
    },
  });
  const context: ProbeContext = {
    ...{ engine, template: null, serving, filters: [], signal: undefined },
    ...{ record: () => {}, report: () => {} },
  };
  const drawn = server.seeds === 'drawn';
  const battery = drawn ? withSeed(remoteBattery, random.integer(0, 2 ** 47)) : remoteBattery;
  for (const settings of battery.probes)
    if ((await checked(settings, drawn, context))?.verdict === 'fail') return asked;
  return null;
}

/** Whether it can be recognised again is not at issue here: it repeats itself. */
async function checked(
  settings: ProbeSettings,
  comparesPublished: boolean,
  context: ProbeContext,
): Promise<ProbeOutcome | undefined> {
  if (settings.probe === 'capability') return measureCapability(settings, context);
  if (settings.probe !== 'fingerprint' || !comparesPublished) return undefined;
  const { seed = 0, pairs = 0 } = settings;
  return comparePublished({ seed, pairs }, context);
}

/** Prepared answers are as long as its own, so that nothing but being right tells them apart. */
function replyOf(
  { solves, hasPrepared }: PreparedServer,
  problem: string,
  random: Random,
): readonly string[] {
  const isRight = (hasPrepared && published.has(problem)) || random.next() < solves;
  const right = readAndSolve(problem);
  const words = Array.from({ length: random.integer(10, 90) }, () => 'so ');
  return [...words, `It is \\boxed{${isRight ? right : `${right}0`}}.`];
}
