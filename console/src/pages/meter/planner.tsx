// The planner: sliders over requests and waits, answered by the server's simulation of its own queue.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { FleetPlanBody } from '../../../../src/wire/index.ts';
import { ApiError } from '../../api/client.ts';
import { planQuery, pricesQuery } from '../../api/meter.ts';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { Waiting } from '../../parts/page-head.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Segments } from '../../parts/segments.tsx';
import { FleetPlot } from './fleet-plot.tsx';
import { Demand, FleetTable, PlanFacts } from './plan-result.tsx';
import { type PlanSettings, requestOf, speedsOf, usualSettings } from './plan-settings.ts';
import { strings } from './plan-strings.ts';
import { Slider } from './slider.tsx';

/** After the last movement of a slider. */
const settleMs = 250;

export function Planner(): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { account } = useSignedIn();
  const [settings, setSettings] = useState(usualSettings);
  const [replicas, chooseReplicas] = useState<number | null>(null);
  const settled = useSettled(settings);
  const request = requestOf(settled) ?? requestOf(usualSettings);
  const { data, error, isFetching, refetch } = useQuery({
    ...planQuery(request ?? { requests: { from: 'ledger' }, speeds: [] }, account),
    enabled: requestOf(settled) !== undefined,
  });
  const isEmpty =
    settings.from === 'ledger' && error instanceof ApiError && error.code === 'TGL_REQUEST_INVALID';
  const plan = error ? undefined : data;
  return (
    <section className="section" aria-label={words.title}>
      <div className="title">
        <h2>{words.title}</h2>
        <span className="meta" aria-live="polite">
          {isFetching ? words.updating : `${words.lead} ${format.figure(settings.wait)} s`}
        </span>
      </div>
      <div className="cols plan">
        <Fields settings={settings} onChange={setSettings} />
        <div className="stack">
          {error && !isEmpty && <Problem error={error} retry={() => void refetch()} />}
          {error && isEmpty && (
            <div className="empty">
              <p>{error.message}</p>
              <p>{words.tooFew}</p>
            </div>
          )}
          {plan === undefined && !error && <Waiting />}
          {plan && (
            <Result
              plan={plan}
              wait={settled.wait}
              chosen={replicas ?? plan.needed ?? plan.fleets.at(-1)?.replicas ?? 1}
              onChoose={chooseReplicas}
            />
          )}
        </div>
      </div>
    </section>
  );
}

type ResultProps = {
  readonly plan: FleetPlanBody;
  readonly wait: number;
  readonly chosen: number;
  readonly onChoose: (replicas: number) => void;
};

function Result({ plan, wait, chosen, onChoose }: ResultProps): ReactNode {
  const words = useStrings(strings);
  const [first, last] = [plan.fleets[0]?.replicas ?? 1, plan.fleets.at(-1)?.replicas ?? 1];
  const within = Math.min(last, Math.max(first, chosen));
  return (
    <>
      <FleetPlot plan={plan} wait={wait} chosen={within} />
      <label className="field">
        <span className="line">
          {words.replicas}
          <output className="end num strong">{within}</output>
        </span>
        <input
          className="range"
          type="range"
          min={first}
          max={last}
          value={within}
          onChange={(event) => onChoose(Number(event.target.value))}
        />
      </label>
      <PlanFacts plan={plan} chosen={within} />
      <FleetTable plan={plan} chosen={within} />
      <Demand plan={plan} />
    </>
  );
}

/** The value, once it has not changed for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

type FieldsProps = {
  readonly settings: PlanSettings;
  readonly onChange: (settings: PlanSettings) => void;
};

function Fields({ settings, onChange }: FieldsProps): ReactNode {
  const words = useStrings(strings);
  const { figure } = useFormats();
  const change = (facts: Partial<PlanSettings>): void => onChange({ ...settings, ...facts });
  return (
    <div className="stack">
      <Segments
        label={words.from}
        names={['ledger', 'rates'] as const}
        chosen={settings.from}
        shown={(from) => words[from]}
        onChoose={(from) => change({ from })}
      />
      {settings.from === 'rates' && (
        <>
          <Slider
            label={words.perSecond}
            value={settings.perSecond}
            range={[0.05, 50]}
            shown={figure}
            onChange={(perSecond) => change({ perSecond })}
          />
          <Slider
            label={words.bunching}
            value={settings.bunching}
            range={[0.25, 100]}
            shown={figure}
            onChange={(bunching) => change({ bunching })}
          />
          <Slider
            label={words.prompt}
            value={settings.prompt}
            range={[10, 10_000]}
            shown={figure}
            onChange={(prompt) => change({ prompt })}
          />
          <Slider
            label={words.reply}
            value={settings.reply}
            range={[10, 10_000]}
            shown={figure}
            onChange={(reply) => change({ reply })}
          />
        </>
      )}
      <Slider
        label={words.growth}
        value={settings.growth}
        range={[0.2, 5]}
        shown={(value) => `${figure(value)}×`}
        onChange={(growth) => change({ growth })}
      />
      <Slider
        label={words.wait}
        value={settings.wait}
        range={[0.1, 60]}
        shown={(value) => `${figure(value)} s`}
        onChange={(wait) => change({ wait })}
      />
      <Amounts settings={settings} change={change} />
    </div>
  );
}

type AmountsProps = {
  readonly settings: PlanSettings;
  readonly change: (facts: Partial<PlanSettings>) => void;
};

function Amounts({ settings, change }: AmountsProps): ReactNode {
  const words = useStrings(strings);
  const { data: prices = [] } = useQuery(pricesQuery);
  const names = [...new Set(prices.map(({ host, model }) => `${host}/${model}`))];
  return (
    <>
      <label className="field">
        <span>{words.speeds}</span>
        <input
          className="input"
          aria-invalid={speedsOf(settings.speeds) === undefined}
          value={settings.speeds}
          onChange={(event) => change({ speeds: event.target.value })}
        />
        <small>{words.speedsFix}</small>
      </label>
      {(['hour', 'accuracy'] as const).map((name) => (
        <label key={name} className="field">
          <span>{words[name]}</span>
          <input
            className="input"
            inputMode="decimal"
            value={settings[name]}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        </label>
      ))}
      <label className="field">
        <span>{words.hosted}</span>
        <select
          className="input"
          value={settings.hosted}
          onChange={(event) => change({ hosted: event.target.value })}
        >
          <option value="">{words.noHosted}</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </>
  );
}
