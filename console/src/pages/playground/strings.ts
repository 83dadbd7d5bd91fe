// The words of the playground.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    | 'lead'
    | 'none'
    | 'noneFix'
    | 'code'
    | 'hideCode'
    | 'new'
    | 'model'
    | 'effort'
    | 'usual'
    | 'budget'
    | 'noBudget'
    | 'temperature'
    | 'admitted'
    | 'seed'
    | 'random'
    | 'left'
    | 'ask'
    | 'send'
    | 'stop'
    | 'thinking'
    | 'waiting'
    | 'answering'
    | 'answerNow'
    | 'thought'
    | 'tokens'
    | 'answer'
    | 'stopped'
    | 'replay'
    | 'copy'
    | 'examples'
    | 'done'
    | 'unlimited'
    | 'compare'
    | 'onlyOne',
    string
  > & {
    readonly stoppedBy: Readonly<Record<string, string>>;
    /** Of two replies, in their order. */
    readonly sides: readonly string[];
  }
>;

export const strings: Strings<Words> = {
  en: {
    lead: 'Ask a model and watch it think. Nothing is kept here after you leave.',
    none: 'No model is admitted',
    noneFix: 'Admit one on the machine that serves, and come back:',
    code: 'View code',
    hideCode: 'Hide code',
    new: 'New',
    model: 'Model',
    effort: 'Effort',
    usual: 'as admitted',
    budget: 'Thinking budget in tokens',
    noBudget: 'none',
    temperature: 'Temperature',
    admitted: 'as admitted',
    seed: 'Seed',
    random: 'a new one each time',
    left: 'Left of your limits',
    ask: 'Ask',
    send: 'Send',
    stop: 'Stop',
    thinking: 'Thinking',
    waiting: 'Waiting',
    answering: 'Answering',
    answerNow: 'Answer now',
    thought: 'Thought for',
    tokens: 'tokens',
    answer: 'Answer',
    stopped: 'Stopped by you',
    replay: 'Replay, seed',
    copy: 'Copy answer',
    examples: 'Try one of these',
    done: 'Done',
    unlimited: 'no limits',
    compare: 'Compare with a second',
    onlyOne: 'Only the first',
    sides: ['First', 'Second'],
    stoppedBy: {
      model: 'ended by the model',
      budget: 'cut by your budget',
      request: 'ended by you',
      length: 'cut by the length of the reply',
      'content-filter': 'ended by a content filter',
    },
  },
  de: {
    lead: 'Fragen Sie ein Modell und sehen Sie ihm beim Denken zu. Hier bleibt nichts, wenn Sie gehen.',
    none: 'Kein Modell ist zugelassen',
    noneFix: 'Lassen Sie eines zu, auf dem Rechner des Servers, und kommen Sie wieder:',
    code: 'Code zeigen',
    hideCode: 'Code verbergen',
    new: 'Neu',
    model: 'Modell',
    effort: 'Aufwand',
    usual: 'wie zugelassen',
    budget: 'Denkbudget in Tokens',
    noBudget: 'keines',
    temperature: 'Temperatur',
    admitted: 'wie zugelassen',
    seed: 'Startwert',
    random: 'jedes Mal ein neuer',
    left: 'Von Ihren Grenzen übrig',
    ask: 'Fragen',
    send: 'Senden',
    stop: 'Anhalten',
    thinking: 'Denkt',
    waiting: 'Wartet',
    answering: 'Antwortet',
    answerNow: 'Jetzt antworten',
    thought: 'Gedacht:',
    tokens: 'Tokens',
    answer: 'Antwort',
    stopped: 'Von Ihnen angehalten',
    replay: 'Wiederholen, Startwert',
    copy: 'Antwort kopieren',
    examples: 'Zum Beispiel',
    done: 'Fertig',
    unlimited: 'keine Grenzen',
    compare: 'Mit einem zweiten vergleichen',
    onlyOne: 'Nur das erste',
    sides: ['Erstes', 'Zweites'],
    stoppedBy: {
      model: 'vom Modell beendet',
      budget: 'durch Ihr Budget gekürzt',
      request: 'von Ihnen beendet',
      length: 'durch die Länge der Antwort gekürzt',
      'content-filter': 'von einem Inhaltsfilter beendet',
    },
  },
};
