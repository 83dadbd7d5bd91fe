// The playground: one asks a model and sees it think.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'playground',
  title: { en: 'Playground', de: 'Ausprobieren' },
  icon: 'chat',
  ...{ group: 1, order: 2 },
  scopes: ['inference'],
  load: () => import('./playground.tsx'),
};
