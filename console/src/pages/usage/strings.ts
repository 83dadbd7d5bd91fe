// The words of the usage page.
import type { Group } from '../../api/usage.ts';
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    'leadNone' | 'tokens' | 'ofThinking' | 'export' | 'range' | 'days' | 'by' | 'none' | 'noneFix',
    string
  > &
    Record<'perDay' | 'most' | 'asTable' | 'day' | 'sums', string> &
    Record<'requests' | 'prompt' | 'thinking' | 'answer' | 'cost', string>
> & { readonly groups: Readonly<Record<Group, string>> };

export const strings: Strings<Words> = {
  en: {
    leadNone: 'Nothing was used in this range.',
    ...{ tokens: 'tokens', ofThinking: 'of them thinking' },
    ...{ export: 'Export', range: 'Range', days: 'days', by: 'By' },
    none: 'No requests in this range',
    noneFix: 'Choose a longer range, or ask a model: every reply is counted as soon as it ends.',
    ...{ perDay: 'Tokens per day', most: 'at most', asTable: 'As a table', day: 'Day' },
    sums: 'Sums of the whole range',
    ...{ requests: 'Requests', prompt: 'Prompt', thinking: 'Thinking', answer: 'Answer', cost: 'Cost' },
    groups: { model: 'Model', project_id: 'Project', api_key_id: 'Key', user_id: 'Person' },
  },
  de: {
    leadNone: 'In diesem Zeitraum wurde nichts verbraucht.',
    ...{ tokens: 'Tokens', ofThinking: 'davon Denken' },
    ...{ export: 'Exportieren', range: 'Zeitraum', days: 'Tage', by: 'Nach' },
    none: 'Keine Anfragen in diesem Zeitraum',
    noneFix:
      'Wählen Sie einen längeren Zeitraum, oder fragen Sie ein Modell: jede Antwort zählt, sobald sie endet.',
    ...{ perDay: 'Tokens pro Tag', most: 'höchstens', asTable: 'Als Tabelle', day: 'Tag' },
    sums: 'Summen des ganzen Zeitraums',
    ...{ requests: 'Anfragen', prompt: 'Prompt', thinking: 'Denken', answer: 'Antwort', cost: 'Kosten' },
    groups: { model: 'Modell', project_id: 'Projekt', api_key_id: 'Schlüssel', user_id: 'Person' },
  },
};
