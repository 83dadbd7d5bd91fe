// The audit log: who changed what, and who was refused what.
import type { ConsolePage } from '../../frame/page.ts';

export const page: ConsolePage = {
  path: 'audit',
  title: { en: 'Audit', de: 'Protokoll' },
  icon: 'audit',
  ...{ group: 4, order: 1 },
  scopes: ['audit:read'],
  load: () => import('./audit.tsx'),
};
