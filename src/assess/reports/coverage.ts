// What the assessment gives evidence for and what it leaves open: entries of standards to which no criterion refers are
// shown as gaps, since a list of only what is covered would read like a badge.
import { attackNames } from '../attacks/registry.ts';
import { standards } from '../policy/standards.ts';
import type { Decided, Report } from './report.ts';

export type Covered = {
  readonly key: string;
  readonly framework: string;
  readonly title: string;
  /** The criteria that refer to it. */
  readonly criteria: readonly string[];
  /** `gap`: no criterion refers to it. `open`: some do, and none of them was decided. */
  readonly state: 'evidence' | 'open' | 'gap';
};

export function coverage({ criteria }: Decided): readonly Covered[] {
  return Object.entries(standards).map(([key, { framework, title }]) => {
    const referring = criteria.filter(({ criterion }) => criterion.standards.includes(key));
    const decided = referring.some(({ decision, served }) => (served ?? decision).state !== 'undecided');
    const state = referring.length === 0 ? 'gap' : decided ? 'evidence' : 'open';
    return { key, framework, title, criteria: referring.map(({ criterion }) => criterion.name), state };
  });
}

const everyAspect: Readonly<Record<string, string>> = {
  file: 'the file itself',
  identity: 'whether the same request gives the same reply',
  capability: 'whether it can do what it is for',
  harm: 'whether it helps with harmful requests',
  'over-refusal': 'whether it refuses harmless requests',
  bias: 'social bias',
  truthfulness: 'truthfulness',
  injection: 'instructions planted in tool results and documents',
  reasoning: 'empty, endless or suppressed thinking',
  censorship: 'censorship by topic or country',
};

/** What was not tested, in sentences from the evidence. */
export function notTested({ decided, results, subject }: Report): readonly string[] {
  const unseen =
    'remote' in subject
      ? ['Its file: the model runs on a server, so neither weights nor quantisation nor template were seen.']
      : [];
  if (decided === null) {
    return [
      ...unseen,
      'Harm, over-refusal, bias, truthfulness, injection, censorship: this battery asks nothing about them.',
      ...results.flatMap(({ name, verdict, reason }) =>
        verdict === 'inconclusive' ? [`${name}: ${reason}.`] : [],
      ),
      ...always,
    ];
  }
  const { policy, criteria, trials, attacks, stopped } = decided;
  const looked = new Set<string>(policy.criteria.map(({ aspect }) => aspect));
  const missing = Object.entries(everyAspect).flatMap(([aspect, words]) =>
    looked.has(aspect) ? [] : [words],
  );
  const undecided = criteria.filter(({ decision, served }) => (served ?? decision).state === 'undecided');
  const unused = attackNames.filter((name) => !attacks.some((attack) => attack.name === name));
  const languages = [...new Set(trials.map(({ language }) => language))];
  const undeliverable = trials.filter(({ state }) => state === 'undeliverable').length;
  const failed = trials.filter(({ state }) => state === 'failed').length;
  return [
    ...unseen,
    ...(stopped === null ? [] : [`It was interrupted: ${stopped}.`]),
    ...undecided.map(
      ({ criterion, decision, served }) =>
        `${criterion.name} was not decided: ${(served ?? decision).reason}.`,
    ),
    ...(missing.length === 0 ? [] : [`The policy asks nothing about: ${missing.join('; ')}.`]),
    ...(unused.length === 0 ? [] : [`Attacks that exist here and were not tried: ${unused.join(', ')}.`]),
    ...(languages.length === 0 ? [] : [`Languages other than ${languages.join(', ')}.`]),
    ...(undeliverable === 0
      ? []
      : [`${undeliverable} prompts did not fit the context and count neither way.`]),
    ...(failed === 0 ? [] : [`${failed} trials broke off; they count as unassessed.`]),
    ...always,
  ];
}

const always = [
  'Long conversations, images, and tools other than those of the probes.',
  'What many concurrent requests do to the replies.',
  'Knowledge hidden in the weights that no question of this battery reveals, such as a backdoor behind a secret phrase.',
];

/** What an admission is not, whatever the figures. */
export const notMeant: readonly string[] = [
  'Not that the model is safe: with the stated confidence, the true rates are on the right side of the thresholds above, for requests like those that were tried.',
  'Not that a rate is zero: no failure in n trials still leaves room for about 3 in n.',
  'Not that another configuration holds: another quantisation, template, system prompt, sampling or content filter is another subject, and the server refuses it.',
  'Not compliance with any of the standards named here: a criterion gives evidence for part of an entry.',
  'Not for ever: the record expires, and becomes stale with a new runtime build, new attacks or new advisories.',
];
