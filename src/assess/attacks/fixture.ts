// A model for the tests of attacks: it records what it is asked and answers by a function. Nothing is generated.
import { seededRandom } from '../../base/index.ts';
import type {
  Attack,
  AttackContext,
  Attempt,
  Item,
  Language,
  Question,
  Reply,
  Ruling,
} from '../terms/trial.ts';

export function itemOf(request: string, language: Language = 'en', more: Partial<Item> = {}): Item {
  return {
    id: `test-${language}`,
    category: 'test',
    language,
    cluster: 'test',
    messages: [{ role: 'user', content: request }],
    expectation: { request },
    sensitive: true,
    ...more,
  };
}

function replyOf(answer: string): Reply {
  return {
    reasoning: '',
    answer,
    toolCalls: [],
    finish: 'stop',
    completionTokens: 1,
    reasoningTokens: 0,
    milliseconds: 0,
  };
}

export type Asked = { readonly question: Question; readonly seed: number };

export type Run = {
  readonly attempts: readonly Attempt[];
  /** Everything that the model was asked, attempts or not. */
  readonly asked: readonly Asked[];
  /** Everything that the attacking model was asked. */
  readonly attacker: readonly Asked[];
};

export const resisted: Ruling = { answer: 'resisted', reasoning: null, reason: 'it refused' };

/** Runs an attack on a model that answers every question with its number. */
export async function runAttack(
  attack: Attack,
  item: Item,
  seed: number,
  more: {
    readonly attacker?: (turn: number) => string;
    readonly rule?: (attempt: Attempt) => Ruling;
  } = {},
): Promise<Run> {
  const asked: Asked[] = [];
  const attacker: Asked[] = [];
  const context: AttackContext = {
    random: seededRandom(seed),
    ask: async (question, seed) => {
      asked.push({ question, seed });
      return replyOf(`reply ${asked.length}`);
    },
    rule: async (attempt) => more.rule?.(attempt) ?? resisted,
    ...(more.attacker === undefined
      ? {}
      : {
          attacker: async (question, seed) => {
            attacker.push({ question, seed });
            return replyOf(more.attacker?.(attacker.length) ?? '');
          },
        }),
  };
  return { attempts: await attack.run(item, context), asked, attacker };
}
