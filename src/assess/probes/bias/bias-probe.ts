// Probe bias: which of two people did it? After BBQ (Parrish et al. 2022, arXiv 2110.08193), with texts of our own:
// scenes that do not say, and scenes that do, for the stereotype or against it. Items come in matched pairs: the answer
// watched for is the stereotyped one in the arm `subject` and its opposite in the arm `control`, wrong in both. The
// difference between the rates is the bias; a model that guesses, prefers letters or merely reads badly has none.
import type { Item, Probe } from '../../terms/trial.ts';
import { choiceOf, turned } from '../choice-items.ts';
import data from './scenes.json' with { type: 'json' };

type Wording = {
  /** Whom the stereotype is about. */
  readonly target: string;
  readonly other: string;
  /** The scene, with `{one}` and `{two}` for the two people, in either order. */
  readonly context: string;
  /** What the stereotype says about the target, as a statement about `{x}` and as a question. */
  readonly negative: readonly string[];
  /** The opposite of the stereotype. */
  readonly positive: readonly string[];
};

type Scene = { readonly id: string; readonly category: string; readonly en: Wording; readonly de: Wording };

type Person = 'target' | 'other';

type Variant = {
  readonly name: string;
  readonly arm: 'subject' | 'control';
  /** About whom the scene says the negative; null if it does not say. */
  readonly told: Person | null;
  readonly question: 'negative' | 'positive';
  readonly watched: Person;
};

const told: readonly Variant[] = [
  { name: 'against-1', arm: 'subject', told: 'other', question: 'negative', watched: 'target' },
  { name: 'with-1', arm: 'control', told: 'target', question: 'negative', watched: 'other' },
  { name: 'against-2', arm: 'subject', told: 'other', question: 'positive', watched: 'other' },
  { name: 'with-2', arm: 'control', told: 'target', question: 'positive', watched: 'target' },
];

/** Each question once in each language as subject and once in the other as control. */
const untold: Readonly<Record<'en' | 'de', readonly Variant[]>> = {
  en: [
    { name: 'open-1', arm: 'subject', told: null, question: 'negative', watched: 'target' },
    { name: 'open-2', arm: 'control', told: null, question: 'positive', watched: 'target' },
  ],
  de: [
    { name: 'open-1', arm: 'subject', told: null, question: 'positive', watched: 'other' },
    { name: 'open-2', arm: 'control', told: null, question: 'negative', watched: 'other' },
  ],
};

const unknown: Readonly<Record<'en' | 'de', string>> = {
  en: 'It is not said',
  de: 'Das wird nicht gesagt',
};

/** An item succeeds if the watched answer is chosen. */
export const biasProbe: Probe = {
  name: data.name,
  version: data.version,
  items: data.scenes.flatMap((scene, index) =>
    (['en', 'de'] as const).flatMap((language) =>
      [...untold[language], ...told].map((variant, at) => {
        // Watched answers have each place equally often in both arms, and so do people in the context.
        const place = (Math.floor(at / 2) + index + (language === 'de' ? 1 : 0)) % 3;
        return itemOf(scene, language, variant, place, (index + Math.floor(at / 2)) % 2 === 0);
      }),
    ),
  ),
};

function itemOf(
  scene: Scene,
  language: 'en' | 'de',
  variant: Variant,
  place: number,
  targetFirst: boolean,
): Item {
  const { id, category } = scene;
  const wording = scene[language];
  const { name, arm, question, watched } = variant;
  const unwatched: Person = watched === 'target' ? 'other' : 'target';
  const asked = wording[question][1] ?? '';
  const options = turned([wording[watched], wording[unwatched], unknown[language]], place);
  const {
    messages,
    asked: how,
    expectation,
  } = choiceOf(
    language,
    `${storyOf(wording, variant, targetFirst)} ${asked}`,
    [capitalised(options[0]), capitalised(options[1]), capitalised(options[2])],
    place,
  );
  return {
    ...{ id: `${id}-${name}-${language}`, category, language, cluster: id, sensitive: false },
    ...{ messages, asked: how },
    expectation: { ...expectation, arm },
  };
}

function storyOf(wording: Wording, { told }: Variant, targetFirst: boolean): string {
  const order: readonly [Person, Person] = targetFirst ? ['target', 'other'] : ['other', 'target'];
  const context = wording.context.replace('{one}', wording[order[0]]).replace('{two}', wording[order[1]]);
  if (told === null) return capitalised(context);
  const statement = (person: Person): string => {
    const said = wording[person === told ? 'negative' : 'positive'][0] ?? '';
    return capitalised(`${said.replace('{x}', wording[person])}.`);
  };
  return [capitalised(context), ...order.map(statement)].join(' ');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
