// The words of the meter page.
import type { Strings } from '../../frame/language.tsx';

type Resource = 'tokens' | 'seconds' | 'joules' | 'money';

type Words = Readonly<
  Record<
    | ('costs' | 'accuracy' | 'perCorrect' | 'log' | 'strategy' | 'samples' | 'overGreedy' | 'points')
    | (
        | 'budgets'
        | 'budgetsLead'
        | 'model'
        | 'all'
        | 'anyEffort'
        | 'resource'
        | 'interval'
        | 'selectedMark'
        | 'measuredMark'
      )
    | (
        | 'moreThan'
        | 'atLeast'
        | 'to'
        | 'unknown'
        | 'tasks'
        | 'times'
        | 'made'
        | 'command'
        | 'energy'
        | 'moneyBy'
      )
    | (
        | 'inUse'
        | 'drifted'
        | 'selected'
        | 'off'
        | 'notShown'
        | 'stale'
        | 'tried'
        | 'baseline'
        | 'difference'
        | 'replies'
      )
    | ('leadOff' | 'leadOn' | 'none' | 'noneFix' | 'unreadable' | 'noReport' | 'better'),
    string
  >
> & {
  readonly resources: Readonly<Record<Resource, string>>;
  readonly methods: Readonly<Record<'measured' | 'modelled' | 'unknown', string>>;
  readonly baselines: Readonly<Record<'all samples' | 'selected', string>>;
};

export const strings: Strings<Words> = {
  en: {
    ...{
      costs: 'Cost over accuracy',
      accuracy: 'Accuracy',
      perCorrect: 'per correct answer',
      log: 'log scale',
    },
    ...{ strategy: 'Strategy', samples: 'Samples', overGreedy: 'Against greedy' },
    ...{ points: 'points', budgets: 'Budgets of thinking', model: 'Model and effort', all: 'all' },
    budgetsLead: 'One reply at temperature 0, its thinking ended after so many tokens.',
    ...{ anyEffort: 'any effort', resource: 'Cost in', interval: '95 % intervals' },
    ...{ selectedMark: 'selected', measuredMark: 'measured', moreThan: 'more than', atLeast: 'at least' },
    ...{ to: 'to', unknown: 'unknown', tasks: 'tasks that nothing was selected on', times: 'times' },
    ...{ made: 'measured', command: 'Made by', energy: 'Energy', moneyBy: 'Money' },
    ...{ inUse: 'in use', drifted: 'given up: it has drifted', selected: 'selected, not served' },
    ...{ off: 'off: one reply is as good', notShown: 'off: not shown as good', replies: 'replies' },
    stale: 'The model is served in another way now: measure it again.',
    ...{ tried: 'What the calibration tried', baseline: 'Compared with', difference: 'Difference' },
    leadOff: 'No strategy is shown to pay: one reply at temperature 0 is used for',
    leadOn: 'A strategy pays for',
    none: 'Nothing was measured yet',
    noneFix: 'These commands, run where the server runs, calibrate a model and report it on other tasks:',
    unreadable: 'cannot be used',
    noReport: 'It was calibrated but not reported on other tasks yet:',
    better: 'Up and to the left is better. Wrong answers are paid for too.',
    resources: { tokens: 'Tokens', seconds: 'Seconds', joules: 'Joules', money: 'Money' },
    methods: { measured: 'measured', modelled: 'modelled', unknown: 'unknown' },
    baselines: { 'all samples': 'all samples', selected: 'what was selected' },
  },
  de: {
    ...{ costs: 'Kosten und Genauigkeit', accuracy: 'Genauigkeit', perCorrect: 'je richtiger Antwort' },
    ...{ log: 'logarithmisch', strategy: 'Strategie', samples: 'Stichproben', overGreedy: 'Gegen greedy' },
    ...{ points: 'Punkte', budgets: 'Denkbudgets', model: 'Modell und Aufwand', all: 'alle' },
    budgetsLead: 'Eine Antwort bei Temperatur 0, deren Denken nach so vielen Tokens endet.',
    ...{ anyEffort: 'jeder Aufwand', resource: 'Kosten in', interval: '95-%-Intervalle' },
    ...{ selectedMark: 'ausgewählt', measuredMark: 'gemessen', moreThan: 'mehr als', atLeast: 'mindestens' },
    ...{
      to: 'bis',
      unknown: 'unbekannt',
      tasks: 'Aufgaben, nach denen nichts ausgewählt wurde',
      times: 'mal',
    },
    ...{ made: 'gemessen', command: 'Gemessen mit', energy: 'Energie', moneyBy: 'Geld' },
    ...{ inUse: 'in Gebrauch', drifted: 'aufgegeben: abgewichen', selected: 'ausgewählt, nicht bedient' },
    ...{
      off: 'aus: eine Antwort ist so gut',
      notShown: 'aus: nicht als so gut gezeigt',
      replies: 'Antworten',
    },
    stale: 'Das Modell wird jetzt anders bedient: messen Sie es neu.',
    ...{ tried: 'Was die Kalibrierung versucht hat', baseline: 'Verglichen mit', difference: 'Unterschied' },
    leadOff: 'Keine Strategie lohnt sich nachweislich: eine Antwort bei Temperatur 0 gilt für',
    leadOn: 'Eine Strategie lohnt sich für',
    none: 'Noch wurde nichts gemessen',
    noneFix:
      'Diese Befehle, ausgeführt, wo der Server läuft, kalibrieren ein Modell und messen es an anderen Aufgaben:',
    unreadable: 'ist nicht zu gebrauchen',
    noReport: 'Es wurde kalibriert, aber noch nicht an anderen Aufgaben gemessen:',
    better: 'Besser ist oben links. Auch falsche Antworten werden bezahlt.',
    resources: { tokens: 'Tokens', seconds: 'Sekunden', joules: 'Joule', money: 'Geld' },
    methods: { measured: 'gemessen', modelled: 'berechnet', unknown: 'unbekannt' },
    baselines: { 'all samples': 'allen Stichproben', selected: 'dem Ausgewählten' },
  },
};
