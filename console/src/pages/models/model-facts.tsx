// One model: why it may be served or may not, who decided that and when, and on what evidence.
import { Fragment, type ReactNode } from 'react';
import type { CatalogModel } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { strings } from './strings.ts';

export function ModelFacts({ model }: { readonly model: CatalogModel }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const facts: readonly (readonly [string, string | null])[] = [
    [words.decidedBy, model.decided_by],
    [words.decidedAt, model.decided_at === null ? null : format.time(model.decided_at)],
    [words.conditions, model.conditions.length === 0 ? null : model.conditions.join(', ')],
    [words.evidence, model.evidence],
    [words.size, model.size === null ? null : format.bytes(model.size)],
    [words.license, model.license === null ? words.unknown : visible(model.license)],
  ];
  return (
    <section className="section stack" aria-label={model.id}>
      <h2 className="break">
        {model.id}: {words.states[model.state]}
      </h2>
      {model.reason !== null && <p className="break">{visible(model.reason)}</p>}
      {model.reason === null && !model.served && <p>{words.notServed}</p>}
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd className="break">{value}</dd>
              </Fragment>
            ),
        )}
      </dl>
      {model.probes.length > 0 && (
        <>
          <h3>{words.passed}</h3>
          <DataTable label={words.passed} kind="compact">
            {model.probes.map(({ name, reason }) => (
              <tr key={name}>
                <th scope="row">{visible(name)}</th>
                <td className="break">{visible(reason)}</td>
              </tr>
            ))}
          </DataTable>
        </>
      )}
      <p className="quiet">{model.state === 'quarantined' ? words.noEvidence : words.report}</p>
      <pre className="code">{commandFor(model)}</pre>
    </section>
  );
}

function commandFor({ id, state }: CatalogModel): string {
  return state === 'quarantined' ? `npm run tiegel -- assess ${id}` : `npm run tiegel -- assess report ${id}`;
}
