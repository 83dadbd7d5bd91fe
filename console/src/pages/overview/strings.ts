// The words of the overview.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    'models' | 'served' | 'of' | 'notServed' | 'allModels' | 'until' | 'spent' | 'today' | 'month',
    string
  > &
    Record<
      'tokens' | 'ofThinking' | 'requests' | 'allUsage' | 'left' | 'allLimits' | 'noLimits' | 'calm',
      string
    > &
    Record<
      'decide' | 'nothing' | 'guardCases' | 'keyExpires' | 'limitNear' | 'limitOut' | 'expires' | 'refused',
      string
    > &
    Record<'allAudit' | 'noRefusals' | 'first' | 'firstFix', string>
>;

export const strings: Strings<Words> = {
  en: {
    ...{ models: 'Served, and why', served: 'models are served', of: 'of', notServed: 'not served' },
    ...{ allModels: 'All models', until: 'until', spent: 'Used', today: 'Today', month: 'In 30 days' },
    ...{ tokens: 'tokens', ofThinking: 'of them thinking', requests: 'requests', allUsage: 'All usage' },
    ...{ left: 'Left', allLimits: 'All limits', noLimits: 'Nothing holds this account back.' },
    calm: 'No limit is near its end.',
    ...{ decide: 'To decide', nothing: 'Nothing needs a decision.', guardCases: 'Open cases of the guard:' },
    ...{
      keyExpires: 'The key expires soon:',
      limitNear: 'A limit is nearly used up:',
      limitOut: 'A limit is used up:',
    },
    expires: 'The admission ends soon:',
    ...{ refused: 'Refused lately', allAudit: 'The whole log', noRefusals: 'Nothing was refused lately.' },
    first: 'Ask a model',
    firstFix: 'Nothing was used yet. In the playground one sees a model think and answer.',
  },
  de: {
    ...{ models: 'Bereitgestellt, und warum', served: 'Modellen werden bereitgestellt', of: 'von' },
    ...{ notServed: 'nicht bereitgestellt', allModels: 'Alle Modelle', until: 'bis', spent: 'Verbraucht' },
    ...{ today: 'Heute', month: 'In 30 Tagen', tokens: 'Tokens', ofThinking: 'davon Denken' },
    ...{ requests: 'Anfragen', allUsage: 'Aller Verbrauch', left: 'Übrig', allLimits: 'Alle Grenzen' },
    ...{ noLimits: 'Nichts begrenzt dieses Konto.', calm: 'Keine Grenze ist bald erreicht.' },
    ...{
      decide: 'Zu entscheiden',
      nothing: 'Nichts ist zu entscheiden.',
      guardCases: 'Offene Fälle des Wächters:',
    },
    ...{ keyExpires: 'Der Schlüssel läuft bald ab:', limitNear: 'Eine Grenze ist fast verbraucht:' },
    ...{ limitOut: 'Eine Grenze ist verbraucht:', expires: 'Die Zulassung endet bald:' },
    ...{
      refused: 'Zuletzt verweigert',
      allAudit: 'Das ganze Protokoll',
      noRefusals: 'Zuletzt wurde nichts verweigert.',
    },
    first: 'Ein Modell fragen',
    firstFix: 'Noch wurde nichts verbraucht. Beim Ausprobieren sieht man ein Modell denken und antworten.',
  },
};
