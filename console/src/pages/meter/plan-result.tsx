// What a plan says in words and tables: of the chosen fleet, of all fleets, and of the demand that half the price would bring.
import type { ReactNode } from 'react';
import type { FleetPlanBody } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { DataTable, numberColumn } from '../../parts/data-table.tsx';
import { strings } from './plan-strings.ts';

type Props = { readonly plan: FleetPlanBody; readonly chosen: number };

export function PlanFacts({ plan, chosen }: Props): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { requests, needed, head_room, costs } = plan;
  const fleet = plan.fleets.find(({ replicas }) => replicas === chosen);
  const seconds = (value: number): string => `${format.figure(value)} s`;
  return (
    <div className="stack">
      {needed === null && <p className="note warn">{words.none}</p>}
      {fleet && (
        <p>
          <b>
            {chosen} {words.replicas}
          </b>
          {chosen === needed && ` (${words.needed})`}: {words.first} <b>{seconds(fleet.p95)}</b> (
          {seconds(fleet.p95_lower)} {words.to} {seconds(fleet.p95_upper)}), {format.percent(fleet.idle, 0)}{' '}
          {words.idle}
        </p>
      )}
      {chosen === needed && head_room !== null && (
        <p>
          <b>{format.figure(head_room)}</b> {words.room}
        </p>
      )}
      {chosen === needed && costs !== null && (
        <p>
          <b>{format.figure(costs.per_hour)}</b> {words.perHour}
          {costs.per_correct_answer !== null && (
            <>
              , <b>{format.figure(costs.per_correct_answer)}</b> {words.perCorrect}
            </>
          )}
          {costs.hosted_per_hour !== null && (
            <>
              ; <b>{format.figure(costs.hosted_per_hour)}</b> {words.hostAsks}
            </>
          )}
          {costs.break_even !== null && (
            <>
              ; <b>{format.figure(costs.break_even)}</b> {words.breakEven}
            </>
          )}
        </p>
      )}
      <p className="meta">
        {format.count(requests.count)} {words.requests}, {format.count(requests.clients)} {words.clients} (
        {format.percent(requests.largest_client, 0)} {words.largest}), {words.gaps}{' '}
        {format.figure(requests.gap_variation)}×
        {costs !== null && costs.hosted_source !== null && <span lang="en"> · {costs.hosted_source}</span>}
      </p>
      <p className="key">
        <span>— {words.simulated}</span>
        <span>- - {words.formula}</span>
      </p>
    </div>
  );
}

export function FleetTable({ plan: { fleets }, chosen }: Props): ReactNode {
  const words = useStrings(strings);
  const { figure, percent } = useFormats();
  const heads = [
    words.replicas,
    words.half,
    words.most,
    `${words.most}, ${words.to}`,
    words.idle,
    words.formula,
  ];
  return (
    <details>
      <summary>{words.asTable}</summary>
      <DataTable kind="compact" label={words.title} columns={heads.map(numberColumn)}>
        {fleets.map(({ replicas, p50, p95, p95_lower, p95_upper, idle, formula_p95 }) => (
          <tr key={replicas} className={replicas === chosen ? 'on' : undefined}>
            <td className="n">{replicas}</td>
            <td className="n nowrap">{figure(p50)} s</td>
            <td className="n nowrap">{figure(p95)} s</td>
            <td className="n nowrap">
              {figure(p95_lower)} {words.to} {figure(p95_upper)} s
            </td>
            <td className="n">{percent(idle, 0)}</td>
            <td className="n nowrap">
              {formula_p95 === null ? words.overloaded : `${figure(formula_p95)} s`}
            </td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}

export function Demand({ plan: { demand } }: { readonly plan: FleetPlanBody }): ReactNode {
  const words = useStrings(strings);
  const { figure } = useFormats();
  return (
    <details>
      <summary>{words.demand}</summary>
      <p className="quiet">{words.demandLead}</p>
      <DataTable
        kind="compact"
        label={words.demand}
        columns={[words.elasticity, words.from, words.compute, words.replicas].map(numberColumn)}
      >
        {demand.map(({ elasticity, requests, compute, needed }) => (
          <tr key={elasticity}>
            <td className="n">{figure(elasticity)}</td>
            <td className="n">{figure(requests)}×</td>
            <td className="n">{figure(compute)}×</td>
            <td className="n">{needed ?? '–'}</td>
          </tr>
        ))}
      </DataTable>
    </details>
  );
}
