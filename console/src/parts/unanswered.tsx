// What stands in the place of an answer that has not come: that it is waited for, or what went wrong. What came before stays beside it.
import type { ReactNode } from 'react';
import { Waiting } from './page-head.tsx';
import { Problem } from './problem.tsx';

type Props = { readonly data: unknown; readonly error: unknown; readonly refetch: () => Promise<unknown> };

export function Unanswered({ data, error, refetch }: Props): ReactNode {
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  return data === undefined ? <Waiting /> : null;
}
