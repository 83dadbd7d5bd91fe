// What can alarm at all, and, for whoever operates the server, what kinds of traffic that rests on and whether honest use is still like that.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { GuardCalibration, GuardStatus } from '../../../../src/wire/index.ts';
import { guardCalibrationQuery } from '../../api/guard.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { visible } from '../../markdown/visible.ts';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { strings } from './strings.ts';

export function Calibration({ status }: { readonly status: GuardStatus }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { session } = useSignedIn();
  const { calibrated_at, rate, classes } = status;
  const isOperator = session.scopes.includes('assessments:read');
  const { data, error, refetch } = useQuery({
    ...guardCalibrationQuery,
    enabled: isOperator && calibrated_at !== null,
  });
  if (calibrated_at === null) return null;
  return (
    <section className="section stack" aria-label={words.classes}>
      <div className="title">
        <h2>{words.classes}</h2>
        <span className="meta">
          {words.calibrated} {format.day(calibrated_at)}
          {rate !== null && `; ${format.probability(rate)} ${words.rate}`}
        </span>
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well. */}
      <div className="table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>{words.class}</th>
              <th className="n">{words.honestWeeks}</th>
              <th>{words.state}</th>
              {data && <th>{words.kinds}</th>}
              {data && <th>{words.drift}</th>}
            </tr>
          </thead>
          <tbody>
            {classes.map((one) => (
              <tr key={one.class}>
                <td>{words.useNames[one.class]}</td>
                <td className="n">
                  {format.count(one.honest_weeks)}
                  {!one.can_alarm && ` (${format.count(one.needed)} ${words.needed})`}
                </td>
                <td>{one.can_alarm ? words.canAlarm : one.honest_weeks === 0 ? words.never : '–'}</td>
                {data && <td className="break">{kindsOf(data, one.class)}</td>}
                {data && (
                  <td>
                    <Drift drift={data.drift.find((drift) => drift.class === one.class)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const mostKinds = 20;

function kindsOf({ kinds }: GuardCalibration, name: string): string {
  const seen = kinds.find((one) => one.class === name)?.kinds ?? [];
  const more = seen.length > mostKinds ? `, + ${seen.length - mostKinds}` : '';
  return seen.length === 0 ? '–' : `${seen.slice(0, mostKinds).map(visible).join(', ')}${more}`;
}

function Drift({ drift }: { readonly drift: GuardCalibration['drift'][number] | undefined }): ReactNode {
  const words = useStrings(strings);
  if (drift === undefined) return words.fewWeeks;
  return (
    <span className={`state ${drift.drifted ? 'bad' : 'ok'}`}>
      <Icon name={drift.drifted ? 'bad' : 'ok'} />
      {drift.drifted ? words.drifted : words.noDrift}
    </span>
  );
}
