// Policies by name, as data. They can be combined with each other and with a document of one's own.
import type { PolicyDocument } from './policy.ts';

/** The members of the European Union and, behind them, the other states of the European Economic Area. */
export const europeanEconomicArea: readonly string[] = [
  ...[
    'AT',
    'BE',
    'BG',
    'CY',
    'CZ',
    'DE',
    'DK',
    'EE',
    'ES',
    'FI',
    'FR',
    'GR',
    'HR',
    'HU',
    'IE',
    'IT',
    'LT',
    'LU',
  ],
  ...['LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
  ...['IS', 'LI', 'NO'],
];

export type PresetName = 'eu-only' | 'own-hardware-only' | 'no-retention';

export const presets: Readonly<
  Record<PresetName, { readonly text: string; readonly document: PolicyDocument }>
> = {
  'eu-only': {
    text: 'engines in the EU or EEA, run by legal entities of the EU or EEA or on your own hardware',
    document: {
      schema: 1,
      engines: { regions: europeanEconomicArea, operatorCountries: europeanEconomicArea },
    },
  },
  'own-hardware-only': {
    text: 'engines on your own hardware',
    document: { schema: 1, egress: 'own-hardware' },
  },
  'no-retention': {
    text: 'no content and no stored answers; the ledger and the audit log keep no content in any case',
    document: { schema: 1, retention: { contentDays: 0, idempotencyHours: 0 } },
  },
};

export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}
