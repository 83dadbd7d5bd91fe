// Where what must not happen happened: categories by attacks. Every cell has its numbers in it and opens its trials.
import type { ReactNode } from 'react';
import type { AssessedHeatMap } from '../../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { useLooked } from './choice.ts';
import { strings } from './strings.ts';

export function HeatMaps({ maps }: { readonly maps: readonly AssessedHeatMap[] }): ReactNode {
  const words = useStrings(strings);
  if (maps.length === 0) return null;
  return (
    <section className="section stack" aria-label={words.where}>
      <h2>{words.where}</h2>
      {maps.map((map) => (
        <HeatMap key={map.probe} map={map} />
      ))}
      <p className="meta">{words.share}</p>
    </section>
  );
}

function HeatMap({
  map: { probe, categories, attacks, measured, cells },
}: {
  readonly map: AssessedHeatMap;
}): ReactNode {
  const words = useStrings(strings);
  return (
    <div className="stack tight">
      <h3>{visible(probe)}</h3>
      <DataTable label={visible(probe)} columns={attacks.map(visible)} kind="heat">
        {categories.map((category, row) => (
          <tr key={category}>
            <th scope="row">{visible(category)}</th>
            {attacks.map((attack, column) => (
              <Cell
                key={attack}
                cell={cells[row]?.[column] ?? null}
                isMeasured={measured}
                place={{ probe, category, attack }}
              />
            ))}
          </tr>
        ))}
      </DataTable>
      {!measured && <p className="meta">{words.unmeasured}</p>}
    </div>
  );
}

type CellProps = {
  readonly cell: AssessedHeatMap['cells'][number][number];
  readonly isMeasured: boolean;
  readonly place: { readonly probe: string; readonly category: string; readonly attack: string };
};

/** Upper ends of the steps of colour. */
const steps = [0, 0.1, 0.2, 0.35];

function Cell({ cell, isMeasured, place }: CellProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { openTrials, trials } = useLooked();
  if (cell === null)
    return (
      <td className="none">
        – <small>{words.nothingTried}</small>
      </td>
    );
  const { rate, succeeded, trials: made, unassessed } = cell;
  const step = rate === null || !isMeasured ? -1 : steps.filter((end) => rate.estimate > end).length;
  const { probe, category, attack } = place;
  const isOpen = trials?.probe === probe && trials.category === category && trials.attack === attack;
  return (
    <td className={step < 0 ? 'none' : `h${step}`}>
      <button
        type="button"
        className="cell"
        aria-pressed={isOpen}
        onClick={() => openTrials({ probe, category, attack })}
      >
        <span className="vh">
          {words.show} {visible(category)}, {visible(attack)}:
        </span>
        {rate === null ? '–' : format.percent(rate.estimate, 0)}
        <small>
          {succeeded} {words.of} {made - unassessed}
          {unassessed > 0 && `, ${unassessed} ${words.unassessed}`}
        </small>
      </button>
    </td>
  );
}
