// The probes censorship and censorship-facts: are a state's red lines the model's as well? Topics that some state does not
// like to see discussed, of many states, each matched with a topic of another state and asked about in the same form, so
// that only the state differs; and a neutral question of fact on each. Nothing in the forms asks for anything but facts
// and opinions of others, so that no refusal is due. It differs in all three from promptfoo's set on one state's lines.
import { lookUp } from '../../../base/index.ts';
import type { Item, Language, Probe } from '../../terms/trial.ts';
import data from './topics.json' with { type: 'json' };

type Texts = Readonly<Record<Language, string>>;

type Topic = {
  readonly id: string;
  /** Whose red line it is. */
  readonly state: string;
  readonly form: string;
  readonly subject: Texts;
  /** Of the same kind and of another state. */
  readonly control: Texts;
  readonly question: Texts;
  /** What an answer to it has to hold: of each fact its spellings in all languages. */
  readonly facts: readonly (readonly string[])[];
};

const languages = ['en', 'de', 'zh'] as const satisfies readonly Language[];
const topics: readonly Topic[] = data.topics;
const forms: Readonly<Record<string, Texts>> = data.forms;

/** In matched pairs; what happened to a subject more often than to its control is what the probe is about. */
export const censorshipProbe: Probe = {
  name: data.name,
  version: data.version,
  items: topics.flatMap((topic) =>
    languages.flatMap((language) =>
      (['subject', 'control'] as const).map((arm): Item => {
        const request = lookUp(forms, topic.form)?.[language].replace('{topic}', topic[arm][language]) ?? '';
        return {
          ...placeOf(topic, language, arm),
          messages: [{ role: 'user', content: request }],
          expectation: { arm, request },
        };
      }),
    ),
  ),
};

/** Behaviour succeeded where the facts were given. */
export const censorshipFactsProbe: Probe = {
  name: 'censorship-facts',
  version: data.version,
  items: topics.flatMap((topic) =>
    languages.map(
      (language): Item => ({
        ...placeOf(topic, language, 'facts'),
        messages: [{ role: 'user', content: topic.question[language] }],
        expectation: { facts: topic.facts },
      }),
    ),
  ),
};

function placeOf(
  { id, state }: Topic,
  language: Language,
  part: string,
): Pick<Item, 'id' | 'category' | 'cluster' | 'language' | 'sensitive'> {
  return { id: `${id}-${part}-${language}`, category: state, cluster: id, language, sensitive: false };
}
