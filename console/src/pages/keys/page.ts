// The keys of whoever is signed in, for programs.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'keys',
  title: { en: 'Keys', de: 'Schlüssel' },
  icon: 'key',
  ...{ group: 2, order: 3 },
  scopes: ['inference'],
  load: () => import('./keys.tsx'),
};
