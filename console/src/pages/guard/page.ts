// Who harvests the models, why it looks like that, and what a person does about it.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'guard',
  title: { en: 'Guard', de: 'Wächter' },
  icon: 'shield',
  ...{ group: 3, order: 1 },
  scopes: ['guard:read'],
  load: () => import('./guard.tsx'),
};
