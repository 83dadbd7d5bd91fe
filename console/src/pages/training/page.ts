// Trainings: how they go, and how one is started.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'training',
  title: { en: 'Training', de: 'Training' },
  icon: 'training',
  ...{ group: 3, order: 2 },
  scopes: ['runs:write'],
  load: () => import('./training.tsx'),
};
