// The words of the planner.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    | (
        | 'title'
        | 'lead'
        | 'from'
        | 'ledger'
        | 'rates'
        | 'perSecond'
        | 'bunching'
        | 'prompt'
        | 'reply'
        | 'growth'
        | 'wait'
      )
    | (
        | 'replicas'
        | 'speeds'
        | 'speedsFix'
        | 'hour'
        | 'accuracy'
        | 'hosted'
        | 'noHosted'
        | 'needed'
        | 'none'
        | 'of'
      )
    | (
        | 'first'
        | 'idle'
        | 'room'
        | 'perHour'
        | 'perCorrect'
        | 'hostAsks'
        | 'breakEven'
        | 'simulated'
        | 'formula'
      )
    | (
        | 'wanted'
        | 'asTable'
        | 'half'
        | 'most'
        | 'requests'
        | 'clients'
        | 'largest'
        | 'gaps'
        | 'days'
        | 'tooFew'
      )
    | ('demand' | 'demandLead' | 'elasticity' | 'compute' | 'times' | 'to' | 'overloaded' | 'updating'),
    string
  >
>;

export const strings: Strings<Words> = {
  en: {
    ...{ title: 'Planner', lead: '95 of 100 requests have their first token within', from: 'Requests' },
    ...{
      ledger: 'out of the ledger',
      rates: 'at rates',
      perSecond: 'Requests/s',
      bunching: 'Burstiness, CV²',
    },
    ...{ prompt: 'Tokens of a prompt', reply: 'Tokens of a reply', growth: 'Growth', wait: 'Wait wanted' },
    ...{ replicas: 'Replicas', speeds: 'Speeds (sequences:tokens/s)', hour: 'Cost of a replica-hour' },
    speedsFix: 'Pairs as tiegel bench prints them, such as 1:40,4:150,16:480.',
    ...{ accuracy: 'Answered right, %', hosted: 'Compare with', noHosted: 'no host', needed: 'needed' },
    none: 'No fleet of the largest size keeps this wait.',
    ...{ of: 'of', first: 'first token, 95 of 100', idle: 'idle', room: 'times these requests fit' },
    ...{ perHour: 'an hour', perCorrect: 'a correct answer', hostAsks: 'the host asks, an hour' },
    ...{ breakEven: 'times these requests cost the same at both', simulated: 'simulation of this queue' },
    ...{ formula: 'M/M/k', wanted: 'wanted: at most', asTable: 'As a table', half: '50 of 100' },
    ...{
      most: '95 of 100',
      requests: 'requests',
      clients: 'clients',
      largest: 'of the tokens are the largest’s',
    },
    ...{ gaps: 'gaps vary', days: 'days', overloaded: 'overloaded', updating: 'is simulated anew' },
    tooFew: 'Plan from rates until there are more.',
    demand: 'What half the price would bring',
    demandLead: 'By the elasticity of demand; nothing here says which one holds.',
    ...{ elasticity: 'Elasticity', compute: 'Compute', times: 'times', to: 'to' },
  },
  de: {
    ...{ title: 'Planer', lead: '95 von 100 Anfragen haben ihr erstes Token binnen', from: 'Anfragen' },
    ...{
      ledger: 'aus dem Hauptbuch',
      rates: 'nach Raten',
      perSecond: 'Anfragen/s',
      bunching: 'Häufung, CV²',
    },
    ...{ prompt: 'Tokens einer Frage', reply: 'Tokens einer Antwort', growth: 'Wachstum' },
    ...{ wait: 'Gewünschte Wartezeit', replicas: 'Replikate', speeds: 'Tempo (Folgen:Tokens/s)' },
    ...{
      hour: 'Kosten einer Replikat-Stunde',
      accuracy: 'Richtig beantwortet, %',
      hosted: 'Vergleichen mit',
    },
    speedsFix: 'Paare, wie tiegel bench sie ausgibt, etwa 1:40,4:150,16:480.',
    ...{ noHosted: 'keinem Anbieter', needed: 'nötig', of: 'von', first: 'erstes Token, 95 von 100' },
    none: 'Keine Flotte der größten Größe hält diese Wartezeit ein.',
    ...{ idle: 'untätig', room: 'mal so viele Anfragen passen hinein', perHour: 'je Stunde' },
    ...{ perCorrect: 'eine richtige Antwort', hostAsks: 'der Anbieter verlangt je Stunde' },
    breakEven: 'mal so viele Anfragen kosten bei beiden dasselbe',
    ...{ simulated: 'Simulation dieser Schlange', formula: 'M/M/k', wanted: 'gewünscht: höchstens' },
    ...{ asTable: 'Als Tabelle', half: '50 von 100', most: '95 von 100', requests: 'Anfragen' },
    ...{ clients: 'Kunden', largest: 'der Tokens hat der größte', gaps: 'Abstände schwanken' },
    ...{ days: 'Tage', overloaded: 'überlastet', updating: 'wird neu simuliert' },
    tooFew: 'Planen Sie nach Raten, bis es mehr sind.',
    demand: 'Was der halbe Preis brächte',
    demandLead: 'Nach der Elastizität der Nachfrage; nichts sagt hier, welche gilt.',
    ...{ elasticity: 'Elastizität', compute: 'Rechenarbeit', times: 'mal', to: 'bis' },
  },
};
