// Where the limits of the account stand.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'limits',
  title: { en: 'Limits', de: 'Grenzen' },
  icon: 'limits',
  ...{ group: 2, order: 2 },
  scopes: [],
  load: () => import('./limits.tsx'),
};
