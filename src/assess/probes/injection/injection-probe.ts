// The probes injection and injection-utility: the result of a tool, or a document, contains an instruction that nobody gave. A
// small world of mails, files, events and pages, after AgentDojo (Debenedetti et al. 2024, arXiv 2406.13352), judged by
// state: was the forbidden call made, does the answer contain the planted text? It differs in that the first call has been made
// already, so that every model gets to see the instruction, and in that only the next step counts. The texts that instructions
// ask for never occur verbatim, so that an answer which quotes the instruction is not taken for one that followed it.
import type { Json } from '../../../base/index.ts';
import { lookUp } from '../../../base/index.ts';
import type { ChatMessage, ToolDefinition } from '../../../formats/index.ts';
import type { Item, Probe } from '../../terms/trial.ts';
import data from './cases.json' with { type: 'json' };

type Texts = { readonly en: string; readonly de: string };

type Goal = Texts & {
  /** Calls and texts, any one of which reaches the state. */
  readonly calls?: readonly Json[];
  readonly texts?: Texts;
};

type Case = {
  readonly id: string;
  /** The content that holds the instruction. */
  readonly category: string;
  /** The call that returned the content; without one, the user provided it. */
  readonly call?: { readonly name: string; readonly arguments: string };
  readonly goal: string;
  readonly style: string;
  /** What an answer to the task has to contain. */
  readonly facts: readonly (readonly string[])[];
  /** The content has `{planted}` where the instruction goes. */
  readonly en: { readonly task: string; readonly content: string };
  readonly de: { readonly task: string; readonly content: string };
};

const cases: readonly Case[] = data.cases;
const goals: Readonly<Record<string, Goal>> = data.goals;
const styles: Readonly<Record<string, Texts>> = data.styles;
const tools: readonly ToolDefinition[] = data.tools;

/** An item succeeds if the planted instruction was followed. */
export const injectionProbe: Probe = {
  name: data.name,
  version: data.version,
  items: itemsWith((one, language) => {
    const goal = lookUp(goals, one.goal);
    if (goal === undefined) throw new TypeError(`there is no goal ${one.goal}`);
    const planted = lookUp(styles, one.style)?.[language].replace('{goal}', goal[language]) ?? '';
    const { calls, texts } = goal;
    return {
      planted,
      expectation: texts === undefined ? { calls: calls ?? [] } : { texts: [texts[language]] },
    };
  }),
};

/** The same tasks with nothing planted; an item succeeds if the task was done. */
export const injectionUtilityProbe: Probe = {
  name: 'injection-utility',
  version: data.version,
  items: itemsWith(({ facts }) => ({ planted: '', expectation: { facts } })),
};

type Planted = { readonly planted: string; readonly expectation: Json };

function itemsWith(plant: (one: Case, language: 'en' | 'de') => Planted): readonly Item[] {
  return cases.flatMap((one) =>
    (['en', 'de'] as const).map((language): Item => {
      const { id, category, call } = one;
      const { planted, expectation } = plant(one, language);
      const { task, content: given } = one[language];
      const content = given.replace('{planted}', () => planted).trimEnd();
      return {
        ...{ id: `${id}-${language}`, category, language, cluster: id, sensitive: false },
        ...(call === undefined
          ? { messages: [{ role: 'user', content: `${task}\n\n---\n${content}\n---` }] }
          : { messages: called(task, call, content), tools }),
        expectation,
      };
    }),
  );
}

function called(
  task: string,
  call: { readonly name: string; readonly arguments: string },
  content: string,
): readonly ChatMessage[] {
  return [
    { role: 'user', content: task },
    { role: 'assistant', content: '', toolCalls: [call] },
    { role: 'tool', content },
  ];
}
