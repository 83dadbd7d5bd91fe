// What is served, what is spent and left, and what needs a decision.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'overview',
  title: { en: 'Overview', de: 'Überblick' },
  icon: 'overview',
  ...{ group: 1, order: 1 },
  scopes: [],
  load: () => import('./overview.tsx'),
};
