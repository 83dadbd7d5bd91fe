// The words of the price history.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    | (
        | 'title'
        | 'lead'
        | 'records'
        | 'perMillion'
        | 'log'
        | 'host'
        | 'model'
        | 'from'
        | 'until'
        | 'hours'
        | 'allDay'
      )
    | ('input' | 'cached' | 'output' | 'source' | 'seen' | 'notVerified' | 'key' | 'sameName'),
    string
  >
> & { readonly kinds: Readonly<Record<'vendor' | 'list' | 'press', string>> };

export const strings: Strings<Words> = {
  en: {
    ...{
      title: 'Price history',
      lead: 'output, per million tokens',
      records: 'dated records with their sources',
    },
    ...{ perMillion: 'for a million tokens', log: 'log scale', host: 'Host', model: 'Model', from: 'From' },
    ...{ until: 'Until', hours: 'Hours (UTC)', allDay: 'all day', input: 'Input', cached: 'Cached' },
    ...{ output: 'Output', source: 'Source', seen: 'seen', notVerified: 'start not verified' },
    key: '● a record begins as its source says; ○ its start is not verified; dashed: hours of the day',
    sameName: 'A name is not a model: what a host sells under one name has changed more than once.',
    kinds: { vendor: 'vendor', list: 'price list', press: 'press' },
  },
  de: {
    ...{ title: 'Preise im Lauf der Zeit', lead: 'Ausgabe, je Million Tokens' },
    ...{
      records: 'datierte Preise mit ihren Quellen',
      perMillion: 'je Million Tokens',
      log: 'logarithmisch',
    },
    ...{ host: 'Anbieter', model: 'Modell', from: 'Von', until: 'Bis', hours: 'Stunden (UTC)' },
    ...{ allDay: 'ganztags', input: 'Eingabe', cached: 'Zwischengespeichert', output: 'Ausgabe' },
    ...{ source: 'Quelle', seen: 'gesehen am', notVerified: 'Beginn nicht geprüft' },
    key: '● ein Preis beginnt, wie die Quelle sagt; ○ sein Beginn ist nicht geprüft; gestrichelt: Stunden des Tages',
    sameName:
      'Ein Name ist kein Modell: was ein Anbieter unter einem Namen verkauft, hat mehrfach gewechselt.',
    kinds: { vendor: 'Anbieter', list: 'Preisliste', press: 'Presse' },
  },
};
