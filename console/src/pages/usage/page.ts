// What was used and what it cost.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'usage',
  title: { en: 'Usage', de: 'Verbrauch' },
  icon: 'usage',
  ...{ group: 2, order: 1 },
  scopes: ['usage:read'],
  load: () => import('./usage.tsx'),
};
