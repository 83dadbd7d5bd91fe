// The people of the organisation and what they may do.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'people',
  title: { en: 'People', de: 'Personen' },
  icon: 'person',
  ...{ group: 4, order: 2 },
  scopes: ['accounts:write'],
  load: () => import('./people.tsx'),
};
