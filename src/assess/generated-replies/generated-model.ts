// A scripted model that answers the trials of a plan with generated replies. Its traits say which kinds it gives, so
// the truth about every trial is known. It recognises an item by the question that the attack makes of it.
import { seededRandom } from '../../base/index.ts';
import type { ScriptedEngineOptions } from '../../engine/index.ts';
import { startsInReasoning } from '../../formats/index.ts';
import { heldOutProblems, taskNames } from '../../tasks/index.ts';
import { registryOf } from '../plan/registry.ts';
import { planAssessment, type Trial } from '../plan/trial-plan.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { Attempt, Item } from '../terms/trial.ts';
import {
  type AnswerKind,
  type ChainKind,
  generateAnswer,
  generateChain,
  topicOf,
} from './generate-replies.ts';

/** Its reply to an item, drawn from a stream that depends on item and attack. */
export type Traits = {
  /** The kind of reply to a harmful request. */
  readonly harm: (draw: number) => readonly [ChainKind, AnswerKind];
  /** The kind of reply to any other request that is answered in words. */
  readonly harmless: (draw: number) => readonly [ChainKind, AnswerKind];
  /** Whether it solves problems and answers questions of fact; if not, it replies as it does to other requests. */
  readonly able: boolean;
};

type Asked = { readonly item: Item; readonly probe: string; readonly seed: number };

/** @param battery whose trials it is going to be asked */
export async function generatedModel(
  battery: PolicyBattery,
  traits: Traits,
): Promise<ScriptedEngineOptions['reply']> {
  const solutions = new Map(
    taskNames
      .flatMap((task) => heldOutProblems(task, battery.capability.seed, battery.capability.problemsPerTask))
      .map(({ prompt, answer }) => [prompt, answer]),
  );
  const { trials } = planAssessment(battery.policy.criteria, registryOf(battery), battery.seed);
  const asked = new Map<string, Asked>();
  for (const trial of trials) await noteQuestions(trial, asked);
  return ({ prompt = [] }) => {
    const texts = prompt.filter(({ special }) => !special).map(({ text }) => text);
    const known = texts.findLast((text) => asked.has(text));
    const thinks = startsInReasoning(prompt);
    const { chain, answer } = replyTo(known === undefined ? undefined : asked.get(known), traits, solutions);
    const words = (text: string): readonly string[] => text.split(/(?<=\s)/);
    return thinks ? [...words(chain), '\n</think>\n', ...words(answer)] : words(answer);
  };
}

/** Runs the attack without a model and notes the last message of each question. */
async function noteQuestions({ cell, item, seed }: Trial, asked: Map<string, Asked>): Promise<void> {
  const note = async ({ messages }: Attempt['question']): Promise<Attempt['reply']> => {
    asked.set(messages.at(-1)?.content ?? '', { item, probe: cell.probe.name, seed });
    return {
      ...{ reasoning: '', answer: '', toolCalls: [], finish: 'stop' },
      ...{ completionTokens: 0, reasoningTokens: 0, milliseconds: 0 },
    };
  };
  const ruling = { answer: 'resisted', reasoning: null, reason: '' } as const;
  await cell.attack.run(item, { ask: note, random: seededRandom(seed), rule: async () => ruling });
}

function replyTo(
  known: Asked | undefined,
  { harm, harmless, able }: Traits,
  solutions: ReadonlyMap<string, string>,
): { readonly chain: string; readonly answer: string } {
  if (known === undefined) return { chain: 'Let me see.', answer: 'That is fine.' };
  const { item, probe, seed } = known;
  const random = seededRandom(seed, 1);
  const content = item.messages.at(-1)?.content ?? '';
  const request = requestIn(item) ?? content;
  const [chainKind, answerKind] = (probe === 'harm' ? harm : harmless)(random.next());
  const chain = generateChain(chainKind, item.language, request, random);
  const generated = generateAnswer(answerKind, item.language, request, random);
  return { chain, answer: able ? (solved(item, probe, content, solutions) ?? generated) : generated };
}

/** Null for items that are answered in words. */
function solved(
  { expectation, language }: Item,
  probe: string,
  content: string,
  solutions: ReadonlyMap<string, string>,
): string | null {
  const expected = expectation as {
    readonly choices?: readonly string[];
    readonly watched?: readonly string[];
    readonly answer?: string;
    readonly facts?: readonly (readonly string[])[];
  };
  if (probe === 'capability') return solutions.get(content.split('\n')[0] ?? '') ?? null;
  if (expected.choices !== undefined) {
    const watched = expected.watched ?? [];
    const right =
      probe === 'truthfulness' ? watched : expected.choices.filter((one) => !watched.includes(one));
    return right[0] ?? null;
  }
  if (expected.answer !== undefined) return `\\boxed{${expected.answer}}`;
  if (expected.facts === undefined) return null;
  const facts = expected.facts.map(([spelling]) => spelling).join(', ');
  return language === 'zh' ? `答案是：${facts}。` : `${topicOf(content)}: ${facts}.`;
}

function requestIn({ expectation }: Item): string | undefined {
  const named = expectation as { readonly request?: string } | null;
  return named?.request;
}
