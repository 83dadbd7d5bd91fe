// What counts most for a case: each feature with what it adds, drawn from zero, beside an honest week in the middle.
import type { ReactNode } from 'react';
import type { GuardContribution } from '../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { visible } from '../../markdown/visible.ts';
import { strings } from './strings.ts';

const size = { width: 240, height: 16 } as const;

type Props = { readonly contributions: readonly GuardContribution[] };

export function Contributions({ contributions }: Props): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const weights = contributions.map(({ log_odds }) => log_odds);
  const [low, high] = [Math.min(0, ...weights), Math.max(0, ...weights)];
  const x = (weight: number): number => (size.width * (weight - low)) / Math.max(high - low, 1e-9);
  return (
    <section className="section stack" aria-label={words.why}>
      <h2>{words.why}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well. */}
      <div className="table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>{words.feature}</th>
              <th className="n">{words.weight}</th>
              <th className="hide">
                <span className="vh">{words.weight}</span>
              </th>
              <th className="n">{words.value}</th>
              <th className="n">{words.median}</th>
              <th className="n">{words.percentile}</th>
            </tr>
          </thead>
          <tbody>
            {contributions.map(({ feature, log_odds, value, honest_median, percentile }) => (
              <tr key={feature}>
                <td className="strong">{words.features[feature] ?? visible(feature)}</td>
                <td className="n strong">{format.signed(log_odds)}</td>
                <td className="hide">
                  <svg
                    className="chart"
                    viewBox={`0 0 ${size.width} ${size.height}`}
                    width={size.width}
                    height={size.height}
                    aria-hidden="true"
                  >
                    <line x1={x(0)} x2={x(0)} y1="0" y2={size.height} className="axis" />
                    <rect
                      x={Math.min(x(0), x(log_odds))}
                      y="3"
                      width={Math.abs(x(log_odds) - x(0))}
                      height={size.height - 6}
                      rx="2"
                      className={log_odds < 0 ? 'f-minus' : 'f-ink2'}
                    />
                  </svg>
                </td>
                <td className="n">{format.decimal(value)}</td>
                <td className="n faint">{format.decimal(honest_median)}</td>
                <td className="n">{format.count(percentile)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="meta">{words.scale}</p>
    </section>
  );
}
