// What was spent on a reply of several samples or tiers: each with its tokens, why it ended and which of them is the reply.
import type { ReactNode } from 'react';
import type { StrategyExtension } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { strings } from './strategy-strings.ts';

export function Samples({ strategy }: { readonly strategy: StrategyExtension }): ReactNode {
  const words = useStrings(strings);
  const { count, percent } = useFormats();
  const { type, stopped_by, samples, chosen, agreement } = strategy;
  return (
    <details className="meta">
      <summary>
        {words.types[type]}: {samples.length}{' '}
        {samples.length === 1 ? words.number.toLowerCase() : words.spent}, {words.stoppedBy[stopped_by]}
        {agreement !== null && `, ${percent(agreement, 0)} ${words.agree}`}
      </summary>
      <DataTable
        kind="compact"
        label={words.strategy}
        columns={[
          words.number,
          ...[words.thinking, words.answer, words.prompt, words.cached].map(numberColumn),
          ...[words.end, words.group],
        ]}
      >
        {samples.map((sample, place) => (
          <tr key={place} className={place === chosen ? 'on' : undefined}>
            <td className="nowrap">
              {place + 1}
              {place === chosen && ` · ${words.chosen}`}
            </td>
            <td className="n">{count(sample.reasoning_tokens)}</td>
            <td className="n">{count(sample.completion_tokens - sample.reasoning_tokens)}</td>
            <td className="n">{count(sample.prompt_tokens)}</td>
            <td className="n">{count(sample.cached_tokens)}</td>
            <td>{sample.finish_reason ?? words.broken}</td>
            <td>{sample.answer === null ? '–' : String.fromCharCode(65 + (sample.answer % 26))}</td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}
