// Where requests may be answered, what is kept of them, and erasure.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'data-policy',
  title: { en: 'Data policy', de: 'Datenrichtlinie' },
  icon: 'place',
  ...{ group: 4, order: 3 },
  scopes: ['audit:read'],
  load: () => import('./data-policy.tsx'),
};
