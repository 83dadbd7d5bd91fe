// What a key may be used for. Each route names the one scope that it needs.

export const scopes = [
  'inference',
  'models:read',
  'assessments:read',
  'metrics:read',
  'usage:read',
  'keys:write',
  'accounts:write',
  'limits:write',
  'policy:write',
  'catalog:write',
  'guard:read',
  'guard:act',
  'runs:write',
  'audit:read',
] as const;

export type Scope = (typeof scopes)[number];
