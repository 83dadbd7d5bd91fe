// Probe capability as trials: held-out problems of every task, ruled on by the tasks' own verifiers. What an item expects
// names its problem, which is generated again to verify an answer.
import { digestOfJson } from '../../base/index.ts';
import {
  heldOutProblems,
  type TaskName,
  type TaskSample,
  taskNames,
  taskVersions,
} from '../../tasks/index.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Attempt, Item, Judge, Probe, Ruling } from '../terms/trial.ts';
import { boxedInstruction, finalAnswer } from './final-answer.ts';

export type CapabilityTrials = { readonly probe: Probe; readonly judge: Judge };

/** An item succeeds if the problem was solved. */
export function capabilityTrials({
  seed,
  problemsPerTask,
  answers,
}: PolicyBattery['capability']): CapabilityTrials {
  const samples = new Map<string, TaskSample>();
  const items = taskNames.flatMap((task: TaskName) =>
    heldOutProblems(task, seed, problemsPerTask).map((sample, index): Item => {
      const id = `${task}-${seed}-${index}`;
      samples.set(id, sample);
      return {
        ...{ id, category: task, cluster: id, language: sample.language, sensitive: false },
        messages: [{ role: 'user', content: questionOf(sample, answers) }],
        expectation: { task, seed, index, problem: sample.canonical },
      };
    }),
  );
  const verifiers = taskNames.map((task) => taskVersions[task]);
  const rule = async (item: Item, { reply }: Attempt): Promise<Ruling> => {
    const sample = samples.get(item.id);
    if (sample === undefined) throw new TypeError(`the judge task knows no problem ${item.id}`);
    const { correct, reason } = sample.verify(answers === 'free' ? finalAnswer(reply.answer) : reply.answer);
    return { answer: correct ? 'succeeded' : 'resisted', reasoning: null, reason };
  };
  return {
    probe: { name: 'capability', version: '1', items },
    judge: {
      ...{ name: 'task', version: '1', admission: 'exact', rule },
      digest: digestOfJson({ judge: 'task', verifiers, answers }),
    },
  };
}

function questionOf({ prompt }: TaskSample, answers: 'bare' | 'free'): string {
  return answers === 'free' ? `${prompt}\n${boxedInstruction}` : prompt;
}
