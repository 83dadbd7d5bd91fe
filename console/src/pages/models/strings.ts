// The words of the models page.
import type { CatalogModelState } from '../../../../src/wire/index.ts';
import type { Strings } from '../../frame/language.tsx';

type Words = Readonly<
  Record<
    'lead' | 'none' | 'noneFix' | 'show' | 'model' | 'state' | 'why' | 'until' | 'size' | 'elsewhere',
    string
  > &
    Record<'decidedBy' | 'decidedAt' | 'evidence' | 'license' | 'unknown' | 'conditions' | 'report', string> &
    Record<'notServed' | 'passed' | 'noEvidence' | 'of', string>
> & {
  readonly states: Readonly<Record<CatalogModelState, string>>;
  readonly filters: Readonly<Record<'all' | 'served' | 'refused', string>>;
};

export const strings: Strings<Words> = {
  en: {
    lead: 'models are served',
    of: 'of',
    none: 'No models yet',
    noneFix: 'Fetch one by its name, and have it assessed; only what passes is served.',
    ...{ show: 'Show', model: 'Model', state: 'State', why: 'Why', until: 'Until', size: 'Size' },
    elsewhere: 'on another server',
    ...{ decidedBy: 'Decided by', decidedAt: 'Decided', evidence: 'Sealed evidence', license: 'Licence' },
    ...{ unknown: 'not stated', conditions: 'Only with the content filters', passed: 'What it passed' },
    report: 'The whole report, with its trials, out of the sealed evidence:',
    noEvidence:
      'Nothing was decided about these bytes in this configuration. Whoever runs the server has them assessed so:',
    notServed: 'admitted, and served from the next start on',
    states: {
      admitted: 'admitted',
      'admitted-with-conditions': 'admitted with conditions',
      quarantined: 'not assessed',
      stale: 'stale',
      revoked: 'revoked',
      rejected: 'rejected',
    },
    filters: { all: 'All', served: 'Served', refused: 'Not served' },
  },
  de: {
    lead: 'Modellen werden bereitgestellt',
    of: 'von',
    none: 'Noch keine Modelle',
    noneFix:
      'Holen Sie eines bei seinem Namen, und lassen Sie es prüfen; nur was besteht, wird bereitgestellt.',
    ...{ show: 'Zeigen', model: 'Modell', state: 'Zustand', why: 'Warum', until: 'Bis', size: 'Größe' },
    elsewhere: 'auf einem anderen Server',
    ...{
      decidedBy: 'Entschieden durch',
      decidedAt: 'Entschieden am',
      evidence: 'Versiegelte Belege',
      license: 'Lizenz',
    },
    ...{
      unknown: 'nicht angegeben',
      conditions: 'Nur mit den Inhaltsfiltern',
      passed: 'Was es bestanden hat',
    },
    report: 'Der ganze Bericht mit seinen Versuchen, aus den versiegelten Belegen:',
    noEvidence:
      'Über diese Bytes in dieser Einstellung ist nichts entschieden. Wer den Server betreibt, lässt sie so prüfen:',
    notServed: 'zugelassen, bereitgestellt ab dem nächsten Start',
    states: {
      admitted: 'zugelassen',
      'admitted-with-conditions': 'mit Auflagen zugelassen',
      quarantined: 'nicht geprüft',
      stale: 'veraltet',
      revoked: 'widerrufen',
      rejected: 'abgelehnt',
    },
    filters: { all: 'Alle', served: 'Bereitgestellt', refused: 'Nicht bereitgestellt' },
  },
};
