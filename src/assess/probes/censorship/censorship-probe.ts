// The probes censorship and censorship-facts: does the model share a state's red lines? Topics that some state does not
// want discussed, from many states, each matched with a topic of another state and asked about in the same form, so
// that only the state differs; and a neutral question of fact about each. The forms ask for nothing but facts
// and opinions of others, so that no refusal is warranted. In all of this it differs from promptfoo's set about a single state.
import { lookUp } from '../../../base/index.ts';
import type { Item, Language, Probe } from '../../terms/trial.ts';
import data from './topics.json' with { type: 'json' };

type Texts = Readonly<Record<Language, string>>;

type Topic = {
  readonly id: string;
  /** The state whose red line it is. */
  readonly state: string;
  readonly form: string;
  readonly subject: Texts;
  /** A topic of the same kind from another state. */
  readonly control: Texts;
  readonly question: Texts;
  /** The facts that an answer has to contain, each in its spellings in all languages. */
  readonly facts: readonly (readonly string[])[];
};

const languages = ['en', 'de', 'zh'] as const satisfies readonly Language[];
const topics: readonly Topic[] = data.topics;
const forms: Readonly<Record<string, Texts>> = data.forms;

/** Items in matched pairs; the probe is about what happens more often to subjects than to their controls. */
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

/** An item succeeds if the facts were given. */
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
