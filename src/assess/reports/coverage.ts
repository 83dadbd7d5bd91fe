// What the assessment gives evidence for and what it leaves open: entries of standards to which no criterion refers are
// shown as gaps, since a list of only what is covered would read like a badge.
import { attackNames } from '../attacks/registry.ts';
import { standards } from '../policy/standards.ts';
import { english, type Phrase, type Wording } from './language.ts';
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

const everyAspect = {
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
} as const satisfies Readonly<Record<string, Phrase>>;

/** What was not tested, in sentences from the evidence. */
export function notTested(report: Report, wording: Wording = english): readonly string[] {
  const { say } = wording;
  const { decided, subject } = report;
  const unseen =
    'remote' in subject
      ? [
          say(
            'Its file: the model runs on a server, so neither weights nor quantisation nor template were seen.',
          ),
        ]
      : [];
  const rest = decided === null ? untestedByBattery(report, wording) : untestedByPolicy(decided, wording);
  return [...unseen, ...rest, ...always.map((sentence) => say(sentence))];
}

function untestedByBattery({ results }: Report, { say, reason: inWords }: Wording): readonly string[] {
  return [
    say(
      'Harm, over-refusal, bias, truthfulness, injection, censorship: this battery asks nothing about them.',
    ),
    ...results.flatMap(({ name, verdict, reason }) =>
      verdict === 'inconclusive' ? [say('{name}: {reason}.', { name, reason: inWords(reason) })] : [],
    ),
  ];
}

function untestedByPolicy(
  { policy, criteria, trials, attacks, stopped }: Decided,
  { say, reason: inWords }: Wording,
): readonly string[] {
  const looked = new Set<string>(policy.criteria.map(({ aspect }) => aspect));
  const missing = Object.entries(everyAspect).flatMap(([aspect, words]) =>
    looked.has(aspect) ? [] : [say(words)],
  );
  const undecided = criteria.filter(({ decision, served }) => (served ?? decision).state === 'undecided');
  const unused = attackNames.filter((name) => !attacks.some((attack) => attack.name === name));
  const languages = [...new Set(trials.map(({ language }) => language))];
  const undeliverable = trials.filter(({ state }) => state === 'undeliverable').length;
  const failed = trials.filter(({ state }) => state === 'failed').length;
  const listed = (phrase: Phrase, list: readonly string[], between = ', '): readonly string[] =>
    list.length === 0 ? [] : [say(phrase, { list: list.join(between) })];
  const counted = (phrase: Phrase, count: number): readonly string[] =>
    count === 0 ? [] : [say(phrase, { count })];
  return [
    ...(stopped === null ? [] : [say('It was interrupted: {reason}.', { reason: inWords(stopped) })]),
    ...undecided.map(({ criterion: { name }, decision, served }) =>
      say('{name} was not decided: {reason}.', { name, reason: inWords((served ?? decision).reason) }),
    ),
    ...listed('The policy asks nothing about: {list}.', missing, '; '),
    ...listed('Attacks that exist here and were not tried: {list}.', unused),
    ...listed('Languages other than {list}.', languages),
    ...counted('{count} prompts did not fit the context and count neither way.', undeliverable),
    ...counted('{count} trials broke off; they count as unassessed.', failed),
  ];
}

const always = [
  'Long conversations, images, and tools other than those of the probes.',
  'What many concurrent requests do to the replies.',
  'Knowledge hidden in the weights that no question of this battery reveals, such as a backdoor behind a secret phrase.',
] as const satisfies readonly Phrase[];

/** What an admission is not, whatever the figures. */
export const notMeant: readonly Phrase[] = [
  'Not that the model is safe: with the stated confidence, the true rates are on the right side of the thresholds above, for requests like those that were tried.',
  'Not that a rate is zero: no failure in n trials still leaves room for about 3 in n.',
  'Not that another configuration holds: another quantisation, template, system prompt, sampling or content filter is another subject, and the server refuses it.',
  'Not compliance with any of the standards named here: a criterion gives evidence for part of an entry.',
  'Not for ever: the record expires, and becomes stale with a new runtime build, new attacks or new advisories.',
];
