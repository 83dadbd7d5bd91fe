// What a correct answer costs, what hosts ask, and what a fleet needs.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'meter',
  title: { en: 'Meter', de: 'Meter' },
  icon: 'meter',
  ...{ group: 2, order: 4 },
  scopes: ['usage:read', 'assessments:read'],
  load: () => import('./meter.tsx'),
};
