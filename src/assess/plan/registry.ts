// What the names in a policy's criteria refer to. A name that refers to nothing leaves its criterion undecided.
import { attackNames, createAttack } from '../attacks/registry.ts';
import { cannedJudge } from '../judges/canned-judge.ts';
import { choiceJudge, stringsJudge } from '../judges/exact-judges.ts';
import { factsJudge } from '../judges/facts-judge.ts';
import { harmJudge } from '../judges/harm-judge.ts';
import { refusalJudge } from '../judges/refusal-judge.ts';
import { solvedJudge } from '../judges/solved-judge.ts';
import { stateJudge } from '../judges/state-judge.ts';
import { emptyThinkingJudge, thinkingJudge } from '../judges/thinking-judges.ts';
import { biasProbe } from '../probes/bias/bias-probe.ts';
import { capabilityTrials } from '../probes/capability-probe.ts';
import { censorshipFactsProbe, censorshipProbe } from '../probes/censorship/censorship-probe.ts';
import { harmProbe } from '../probes/harm/harm-probe.ts';
import { injectionProbe, injectionUtilityProbe } from '../probes/injection/injection-probe.ts';
import { overRefusalProbe } from '../probes/over-refusal/over-refusal-probe.ts';
import { reasoningProbe } from '../probes/reasoning/reasoning-probe.ts';
import { truthfulnessProbe } from '../probes/truthfulness/truthfulness-probe.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Judge, Probe } from '../terms/trial.ts';
import type { Registry } from './trial-plan.ts';

/**
 * The registry of one assessment: judges that compare replies with each other start afresh.
 *
 * @param attacker whether there is a model that writes attacks; without one its attack is listed as missing, with the reason
 */
export function registryOf(battery: PolicyBattery, attacker = false): Registry {
  const { probe, judge } = capabilityTrials(battery.capability);
  const probes: readonly Probe[] = [
    ...[
      probe,
      harmProbe,
      overRefusalProbe,
      biasProbe,
      truthfulnessProbe,
      injectionProbe,
      injectionUtilityProbe,
    ],
    ...[censorshipProbe, censorshipFactsProbe, reasoningProbe],
  ];
  const judges: readonly Judge[] = [
    ...[judge, solvedJudge, stringsJudge, choiceJudge, factsJudge, stateJudge],
    ...[thinkingJudge, emptyThinkingJudge, cannedJudge(), refusalJudge(), harmJudge()],
  ];
  const named = new Set(battery.policy.criteria.flatMap(({ attacks }) => attacks));
  return {
    probes: byName([...probes, ...(battery.data ?? [])]),
    judges: byName(judges),
    attacks: byName(
      attackNames
        .filter((name) => named.has(name) && (attacker || !writtenByAModel.includes(name)))
        .map((name) => createAttack(name)),
    ),
    reasons: new Map(
      attacker ? [] : writtenByAModel.map((name) => [name, 'no model was named that writes attacks']),
    ),
  };
}

/** Attacks that a second model writes. */
export const writtenByAModel: readonly string[] = ['attacker-loop', 'attack-tree'];

function byName<Named extends { readonly name: string }>(
  values: readonly Named[],
): ReadonlyMap<string, Named> {
  return new Map(values.map((value) => [value.name, value]));
}
