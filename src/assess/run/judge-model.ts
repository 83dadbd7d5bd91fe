// A larger model in place of the judges harm and refusal. It must be neither the model under test nor one that taught it:
// names, addresses and, if both run on servers, answers to fixed prompts are compared. A model on this machine
// that is the judge under another name is not noticed. Only labels entitle it to decide anything.
import { lookUp, TiegelError } from '../../base/index.ts';
import type { Fingerprint, Subject } from '../../catalog/index.ts';
import { llmJudge, type ModelIdentity, rubrics } from '../judges/llm-judge.ts';
import type { Registry } from '../plan/trial-plan.ts';
import type { Policy } from '../policy/policy.ts';
import { takeFingerprint } from '../recognition/fingerprint.ts';
import type { Ask, Judge } from '../terms/trial.ts';
import { type AuxiliaryAsking, type AuxiliaryModel, askAuxiliary } from './auxiliary-model.ts';

export type JudgeModel = AuxiliaryModel & {
  /** The name under which its server has it. */
  readonly model: string;
  /** Names of the models that taught the one under test. */
  readonly teachers: readonly string[];
};

const replaced: Readonly<Record<string, string>> = { harm: rubrics.harm.name, refusal: rubrics.refusal.name };

/**
 * The policy with the larger model as the judge of these criteria, or of all that it can judge.
 *
 * @throws TGL_USAGE for unknown criteria and for those that it cannot judge
 */
export function withJudgeModel(policy: Policy, criteria?: readonly string[]): Policy {
  const able = policy.criteria.filter(({ judge }) => Object.hasOwn(replaced, judge)).map(({ name }) => name);
  const chosen = criteria ?? able;
  const wrong = chosen.find((name) => !able.includes(name)) ?? (able.length === 0 ? 'none' : undefined);
  if (wrong !== undefined) {
    const problem = `A larger model cannot judge ${wrong}; of this policy it can judge: ${able.join(', ') || 'nothing'}.`;
    throw new TiegelError('TGL_USAGE', { problem });
  }
  return {
    ...policy,
    version: `${policy.version}+judge-model`,
    criteria: policy.criteria.map((criterion) =>
      chosen.includes(criterion.name)
        ? { ...criterion, judge: lookUp(replaced, criterion.judge) as string }
        : criterion,
    ),
  };
}

export type ModelJudges = {
  readonly judges: readonly Judge[];
  /** Called before the first ruling, since the cost of its questions counts. */
  readonly start: (asking: AuxiliaryAsking) => void;
};

export type Tested = {
  readonly model: string;
  readonly subject: Subject;
  /** Under which the questions of its fingerprint were drawn, of a model on a server. */
  readonly fingerprintKey?: string | undefined;
};

/** @throws TGL_JUDGE_NOT_INDEPENDENT, and what its engine throws */
export async function modelJudges(
  judge: JudgeModel,
  { model, subject, fingerprintKey: key }: Tested,
  signal?: AbortSignal,
): Promise<ModelJudges> {
  const remote = 'remote' in subject ? subject : null;
  const tested = [model, ...(remote === null ? [] : [remote.remote.model])];
  const notAmong = [...tested, ...judge.teachers].flatMap(namesOf);
  const answersOfJudge = (): ReturnType<typeof takeFingerprint> =>
    key === undefined ? Promise.resolve([]) : takeFingerprint(judge.engine, judge, { key, times: 1 }, signal);
  if (remote !== null && sameAnswers(await answersOfJudge(), remote.fingerprint))
    throw new TiegelError('TGL_JUDGE_NOT_INDEPENDENT', { judge: judge.name, model });
  let ask: Ask | undefined;
  const asking: Ask = (question, seed) => {
    if (ask === undefined) throw new Error('the judge was not started');
    return ask(question, seed);
  };
  // It is refused under any of its names.
  const identities: readonly ModelIdentity[] = [...namesOf(judge.name), ...namesOf(judge.model)];
  const judges = Object.values(rubrics).map((rubric) => {
    for (const identity of identities) llmJudge({ rubric, ask: asking, model: identity, notAmong });
    const identity = { name: judge.model, digest: judge.digest };
    return llmJudge({ rubric, ask: asking, model: identity, notAmong });
  });
  return {
    judges,
    start: (how) => {
      ask = askAuxiliary({ ...judge, serving: greedily(judge) }, how);
    },
  };
}

/** Stand in when trials are made again: a larger model is not asked for its rulings again. */
export function silentJudges(): readonly Judge[] {
  return Object.values(rubrics).map(({ name }) => ({
    ...{ name, version: '1', digest: 'none', admission: null },
    rule: async () => ({ answer: 'unassessed', reasoning: null, reason: 'it is not ruled on' }),
  }));
}

export function withJudges(registry: Registry, judges: readonly Judge[]): Registry {
  const added = judges.map((judge) => [judge.name, judge] as const);
  return { ...registry, judges: new Map([...registry.judges, ...added]) };
}

/** With and without the organisation that hubs put before a name. */
function namesOf(name: string): readonly ModelIdentity[] {
  const last = name.split('/').at(-1) as string;
  return last === name ? [{ name }] : [{ name }, { name: last }];
}

/** Whether at least half of the answers that both repeat are equal, and not just a few. */
function sameAnswers(one: Fingerprint, other: Fingerprint): boolean {
  const shared = one.flatMap((digest, index) => {
    const answer = other[index] ?? null;
    return digest === null || answer === null ? [] : [digest === answer];
  });
  return shared.length >= 4 && shared.filter(Boolean).length >= shared.length / 2;
}

/** The seed of an attempt, so that it is ruled on the same way as far as the server repeats itself. */
function greedily({ serving }: JudgeModel): JudgeModel['serving'] {
  return { ...serving, sampling: { ...serving.sampling, temperature: 0, topP: 1 } };
}
