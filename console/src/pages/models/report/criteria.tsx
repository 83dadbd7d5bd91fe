// The criteria of a policy: of each the bound that decides, what is required, and both drawn with the estimate and its interval.
import type { ReactNode } from 'react';
import type { AssessedCriterion } from '../../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { BoundLine, ClaimState, signOf, useClaimColumns } from '../../../parts/bound-line.tsx';
import { DataTable } from '../../../parts/data-table.tsx';
import { useLooked } from './choice.ts';
import { strings } from './strings.ts';

export function Criteria({ criteria }: { readonly criteria: readonly AssessedCriterion[] }): ReactNode {
  const words = useStrings(strings);
  return (
    <section className="section" aria-label={words.criteria}>
      <div className="title">
        <h2>{words.criteria}</h2>
        <span className="meta">
          <span className="key">
            <span>
              <i style={{ background: 'var(--c-band)' }} />
              {words.interval}
            </span>
            <span>○ {words.estimate}</span>
            <span>{words.decides}</span>
          </span>
        </span>
      </div>
      <DataTable label={words.criterion} columns={useClaimColumns()} kind="two">
        {criteria.map((criterion) => (
          <Row key={criterion.name} criterion={criterion} />
        ))}
      </DataTable>
      <p className="meta">{words.scale}</p>
    </section>
  );
}

function Row({ criterion }: { readonly criterion: AssessedCriterion }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { openTrials, trials: open } = useLooked();
  const { name, probe, attacks, judge, metric, side, threshold, bound, trials, unassessed } = criterion;
  const { state, on_failure, bare, reason } = criterion;
  const brought = attacks.length === 1 && attacks[0] === 'direct' ? '' : `, ${attacks.join(', ')}`;
  return (
    <tr className={open?.criterion === name ? 'on' : undefined}>
      <td className="break">
        {metric === 'check' ? (
          <span className="strong">{visible(name)}</span>
        ) : (
          <button
            type="button"
            className="link"
            aria-label={`${words.show} ${name}`}
            onClick={() => openTrials({ criterion: name })}
          >
            {visible(name)}
          </button>
        )}
        <span className="sub">{visible(metric === 'check' ? probe : `${probe}${brought}; ${judge}`)}</span>
      </td>
      <td className="n strong">
        {bound === null ? '–' : `${signOf(criterion)} ${format.percent(bound)}`}
        {bare && (
          <span className="sub">
            {words.bare}: {bare.estimate === null ? '–' : format.percent(bare.estimate)}
          </span>
        )}
      </td>
      <td className="n faint">
        {threshold === null
          ? words.everyCheck
          : `${side === 'at-most' ? '≤' : '≥'} ${format.percent(threshold)}`}
        {on_failure === 'report' && <span className="sub">{words.reportOnly}</span>}
      </td>
      <td className="hide">
        <BoundLine claim={criterion} />
      </td>
      <td className="n">
        {format.count(trials)}
        {unassessed > 0 && (
          <span className="sub">
            {format.count(unassessed)} {words.unassessed}
          </span>
        )}
      </td>
      <td>
        <ClaimState state={state} />
        {state !== 'met' && <span className="sub reason break">{visible(reason)}</span>}
      </td>
    </tr>
  );
}
