// Long work of the server, and how it is started.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'jobs',
  title: { en: 'Jobs', de: 'Aufträge' },
  icon: 'clock',
  ...{ group: 1, order: 4 },
  scopes: ['runs:write'],
  load: () => import('./jobs.tsx'),
};
