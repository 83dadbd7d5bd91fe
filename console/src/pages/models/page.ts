// The models, and why each may be served or may not.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'models',
  title: { en: 'Models', de: 'Modelle' },
  icon: 'model',
  ...{ group: 1, order: 3 },
  scopes: ['models:read'],
  load: () => import('./models.tsx'),
};
