// What assessments of a model take on a small machine: a scripted engine with the abilities of the embedded one, 10 tokens a second in
// simulated time, replies of 500 tokens with their thinking, prompts read at 60 tokens a second, judges known by a pilot.
import { fullBattery } from '../../src/assess/batteries/full.ts';
import { type Forecast, forecastOf } from '../../src/assess/forecast/forecast.ts';
import { rehearse } from '../../src/assess/forecast/rehearse.ts';
import { registryOf } from '../../src/assess/plan/registry.ts';
import type { ReadLabels } from '../../src/assess/policy/judge-labels.ts';
import { loadPolicy } from '../../src/assess/policy/policy.ts';
import { preparePlan } from '../../src/assess/prepare-plan.ts';
import type { Judge } from '../../src/assess/terms/trial.ts';
import { digestOf } from '../../src/base/index.ts';
import type { ServingConfiguration, Subject } from '../../src/catalog/index.ts';
import { createScriptedEngine } from '../../src/engine/index.ts';
import { qwen25Template } from '../../src/formats/chat-template/qwen.ts';

const speed = { tokensPerSecond: 10, promptTokensPerSecond: 60, replyTokens: 500 } as const;

const serving: ServingConfiguration = {
  runtimeBuild: 'simulated 1',
  sampling: { temperature: 0.6, topP: 0.95, maxTokens: 4096 },
  thinkingBudget: null,
  systemPrompt: null,
  filters: [],
};

const nothing = digestOf('nothing');
const subject: Subject = {
  ...{ weights: nothing, tensors: nothing, tokenizer: nothing, chatTemplate: nothing },
  ...{ adapters: [], quantisation: 'Q4_K_M', ...serving },
};

/** 100 labels of either kind and in each language. */
function pilotOf(judge: Judge, segment: 'answer' | 'reasoning'): ReadLabels {
  const right = { truePositives: 96, falseNegatives: 4, trueNegatives: 92, falsePositives: 8 };
  const counts = (['en', 'de', 'zh'] as const).map((language) => ({
    family: 'simulated',
    language,
    ...right,
  }));
  return {
    subject,
    labels: {
      ...{ digest: nothing, assessment: 'simulated', evidence: nothing, criterion: judge.name },
      ...{ judge: judge.name, judgeDigest: judge.digest, segment, sample: 600, seed: 1, labels: 600, counts },
    },
  };
}

/** @param name of a shipped policy */
export async function forecastSmallMachine(name: string, runs: number): Promise<Forecast> {
  const battery = fullBattery({ policy: loadPolicy(name), remote: false });
  const { judges } = registryOf(battery);
  const [harm, refusal] = [judges.get('harm') as Judge, judges.get('refusal') as Judge];
  const labels = [pilotOf(harm, 'answer'), pilotOf(harm, 'reasoning'), pilotOf(refusal, 'answer')];
  const tested = { model: 'simulated', subject };
  const prepared = await preparePlan({ battery, tested, trials: { labels, family: 'simulated' } }, runs);
  await using engine = createScriptedEngine({ model: 'simulated', reply: () => [], contextLength: 8192 });
  const { trials } = prepared.plan;
  const rehearsals = await rehearse(trials, { engine, template: qwen25Template, serving, signal: undefined });
  return forecastOf({ ...prepared, trials, rehearsals, speed });
}
