// The words of the data policy's page.
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    'lead' | 'of' | 'where' | 'model' | 'whole' | 'may' | 'rules' | 'never' | 'since' | 'version',
    string
  > &
    Record<
      'kept' | 'rule' | 'value' | 'presets' | 'preset' | 'preview' | 'set' | 'would' | 'erasure',
      string
    > &
    Record<
      'person' | 'previewErasure' | 'gone' | 'remains' | 'confirm' | 'erase' | 'erased' | 'none',
      string
    > &
    Record<'erasureLead' | 'key', string>
>;

export const strings: Strings<Words> = {
  en: {
    ...{ lead: 'models may answer requests of the organisation', of: 'of', model: 'Model', may: 'may' },
    ...{ where: 'Where a request may be answered', whole: 'organisation', rules: 'What holds' },
    ...{ never: 'None was set: what is usual holds.', since: 'since', version: 'version', kept: 'Kept' },
    ...{ rule: 'Rule', value: 'Value', presets: 'Set by preset', preset: 'Preset', preview: 'Preview' },
    ...{ set: 'Set for the organisation', would: 'What would hold; nothing has changed yet:' },
    ...{ erasure: 'Erase a person', person: 'Identifier of the person', previewErasure: 'Preview' },
    ...{ gone: 'Goes', remains: 'Remains', confirm: 'The identifier once more, to erase for ever' },
    ...{
      erase: 'Erase for ever',
      erased: 'Erased. This is the receipt; keep it.',
      none: 'nothing',
      key: 'key',
    },
    erasureLead:
      'The preview changes nothing. An erasure cannot be undone; the audit log keeps that it was made.',
  },
  de: {
    ...{ lead: 'Modellen dürfen Anfragen der Organisation beantworten', of: 'von', model: 'Modell' },
    ...{ may: 'darf', where: 'Wo eine Anfrage beantwortet werden darf', whole: 'Organisation' },
    ...{ rules: 'Was gilt', never: 'Keine wurde gesetzt: es gilt das Übliche.', since: 'seit' },
    ...{
      version: 'Fassung',
      kept: 'Aufbewahrt',
      rule: 'Regel',
      value: 'Wert',
      presets: 'Nach Vorlage setzen',
    },
    ...{ preset: 'Vorlage', preview: 'Vorschau', set: 'Für die Organisation setzen' },
    would: 'Was gelten würde; noch ist nichts geändert:',
    ...{ erasure: 'Eine Person löschen', person: 'Kennung der Person', previewErasure: 'Vorschau' },
    ...{ gone: 'Geht', remains: 'Bleibt', confirm: 'Die Kennung noch einmal, um für immer zu löschen' },
    ...{ erase: 'Für immer löschen', erased: 'Gelöscht. Dies ist der Beleg; bewahren Sie ihn auf.' },
    ...{ none: 'nichts', key: 'Schlüssel' },
    erasureLead:
      'Die Vorschau ändert nichts. Eine Löschung ist endgültig; das Protokoll behält, dass sie geschah.',
  },
};
