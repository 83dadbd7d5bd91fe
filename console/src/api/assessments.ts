// The assessments of a model: their history, what one of them found, and its trials page by page.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  AssessedTrial,
  AssessmentList,
  AssessmentReport,
  Page,
  TrialQuery,
} from '../../../src/wire/index.ts';
import { ask } from './client.ts';

function pathOf(model: string): string {
  return `/v1/x/models/${encodeURIComponent(model)}/assessments`;
}

export function historyQuery(model: string) {
  return queryOptions({
    queryKey: ['assessments', model],
    queryFn: async () => (await ask<AssessmentList>(pathOf(model))).data,
  });
}

export function reportQuery(model: string, assessment: string) {
  return queryOptions({
    queryKey: ['assessments', model, assessment],
    queryFn: () => ask<AssessmentReport>(`${pathOf(model)}/${encodeURIComponent(assessment)}`),
    // What is sealed does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type TrialChoice = Pick<TrialQuery, 'criterion' | 'probe' | 'category' | 'attack' | 'outcome'>;

export function trialsQuery(model: string, assessment: string, choice: TrialChoice) {
  return infiniteQueryOptions({
    queryKey: ['assessments', model, assessment, 'trials', choice],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ ...choice, after: pageParam }))
        if (value) query.set(name, value);
      return ask<Page<AssessedTrial>>(`${pathOf(model)}/${encodeURIComponent(assessment)}/trials?${query}`);
    },
    initialPageParam: '',
    getNextPageParam: ({ has_more, last_id }) => (has_more ? last_id : null),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
