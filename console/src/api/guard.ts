// What the guard noticed: how much it looked at, its cases, and what a person does about them.
import { queryOptions } from '@tanstack/react-query';
import type {
  DeclaredUse,
  GuardAccount,
  GuardCalibration,
  GuardCaseBody,
  GuardCaseSummary,
  GuardMeasureBody,
  GuardStatus,
  Page,
} from '../../../src/wire/index.ts';
import { ask } from './client.ts';

const path = '/v1/x/guard';

export const guardStatusQuery = queryOptions({
  queryKey: ['guard', 'status'],
  queryFn: () => ask<GuardStatus>(path),
});

export const guardCalibrationQuery = queryOptions({
  queryKey: ['guard', 'calibration'],
  queryFn: () => ask<GuardCalibration>(`${path}/calibration`),
});

export function guardCasesQuery(state: GuardCaseSummary['state']) {
  return queryOptions({
    queryKey: ['guard', 'cases', state],
    queryFn: () => ask<Page<GuardCaseSummary>>(`${path}/cases?state=${state}&limit=100`),
  });
}

export function guardCaseQuery(id: string) {
  return queryOptions({
    queryKey: ['guard', 'case', id],
    queryFn: () => ask<GuardCaseBody>(pathOf(id)),
  });
}

/** Of the signed evidence, to be taken away. */
export function evidencePath(id: string): string {
  return `${pathOf(id)}/evidence`;
}

export const guardAccountsQuery = queryOptions({
  queryKey: ['guard', 'accounts'],
  queryFn: () => ask<Page<GuardAccount>>(`${path}/accounts?limit=100`),
});

export function decideCase(id: string, decision: 'clear' | 'reopen', reason: string): Promise<GuardCaseBody> {
  return ask(`${pathOf(id)}/${decision}`, { method: 'POST', body: { reason } });
}

export function setMeasure(id: string, body: GuardMeasureBody): Promise<GuardCaseBody> {
  return ask(`${pathOf(id)}/measures`, { method: 'POST', body });
}

export function declareUse(account: string, use: DeclaredUse): Promise<GuardAccount> {
  const body = { class: use };
  return ask(`${path}/accounts/${encodeURIComponent(account)}/use`, { method: 'POST', body });
}

function pathOf(id: string): string {
  return `${path}/cases/${encodeURIComponent(id)}`;
}
