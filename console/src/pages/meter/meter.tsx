// What a correct answer costs by model, effort and strategy, what hosts have asked over time, and what a fleet needs. Who may not see
// what the server's operator measured sees prices and the planner alone, and the other way round.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { meterQuery } from '../../api/meter.ts';
import { useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Costs } from './costs.tsx';
import { Planner } from './planner.tsx';
import { Prices } from './prices.tsx';
import { strings } from './strings.ts';

export default function Meter(): ReactNode {
  const { session } = useSignedIn();
  const seesCosts = session.scopes.includes('assessments:read');
  return (
    <>
      <PageHead lead={seesCosts && <Lead />} />
      {seesCosts && <Costs />}
      {session.scopes.includes('usage:read') && (
        <>
          <Planner />
          <Prices />
        </>
      )}
    </>
  );
}

function Lead(): ReactNode {
  const words = useStrings(strings);
  const { data } = useQuery(meterQuery);
  const calibrated = data?.data.filter(({ calibration }) => calibration !== null) ?? [];
  const named = (off: boolean): string =>
    calibrated
      .filter(({ calibration }) => calibration?.off === off)
      .map(({ model, effort }) => (effort === null ? model : `${model} (${effort})`))
      .join(', ');
  const [on, off] = [named(false), named(true)];
  return (
    <>
      {on !== '' && (
        <>
          {words.leadOn} <b>{on}</b>.{' '}
        </>
      )}
      {off !== '' && (
        <>
          {words.leadOff} <b>{off}</b>.
        </>
      )}
    </>
  );
}
