// The settings of the next question, and what is left of the limits that it counts against.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { EffortName } from '../../../../src/wire/index.ts';
import { limitsQuery } from '../../api/models.ts';
import { useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { LimitMeter } from '../../parts/limit-meter.tsx';
import { noStrategy, type StrategyOffer, type StrategySettings } from './strategy.ts';
import { StrategyField } from './strategy-field.tsx';
import { strings } from './strings.ts';

/** As they stand in their fields; empty for what the model was admitted with. */
export type TurnSettings = {
  readonly model: string | undefined;
  readonly effort: EffortName | '';
  readonly budget: string;
  readonly temperature: string;
  readonly seed: string;
  readonly strategy: StrategySettings;
};

export const usualSettings: TurnSettings = {
  ...{ model: undefined, effort: '', budget: '', temperature: '', seed: '', strategy: noStrategy },
};

const efforts = ['', 'low', 'medium', 'high'] as const;

type Props = {
  readonly models: readonly { readonly id: string }[];
  readonly offer: StrategyOffer;
  /** One, or two whose replies are shown beside each other. */
  readonly sides: readonly TurnSettings[];
  readonly onChange: (sides: readonly TurnSettings[]) => void;
};

export function SettingsPanel({ models, offer, sides, onChange }: Props): ReactNode {
  const words = useStrings(strings);
  const [first = usualSettings] = sides;
  const isPair = sides.length > 1;
  return (
    <aside className="stack wide">
      {sides.map((settings, side) => (
        <Side
          key={side}
          name={isPair ? words.sides[side] : undefined}
          models={models}
          offer={offer}
          settings={settings}
          onChange={(changed) => onChange(sides.with(side, changed))}
        />
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => onChange(isPair ? [first] : [first, first])}
      >
        {isPair ? words.onlyOne : words.compare}
      </button>
      <Remaining />
    </aside>
  );
}

type SideProps = Pick<Props, 'models' | 'offer'> & {
  /** Told apart from the other one; undefined where there is none. */
  readonly name: string | undefined;
  readonly settings: TurnSettings;
  readonly onChange: (settings: TurnSettings) => void;
};

function Side({ name, models, offer, settings, onChange }: SideProps): ReactNode {
  const words = useStrings(strings);
  const change = (facts: Partial<TurnSettings>): void => onChange({ ...settings, ...facts });
  return (
    <section className="stack wide" aria-label={name}>
      {name !== undefined && <h2>{name}</h2>}
      <label className="field">
        <span>{words.model}</span>
        <select
          className="input"
          value={settings.model}
          onChange={(event) => change({ model: event.target.value })}
        >
          {models.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <fieldset className="field">
        <legend className="label">{words.effort}</legend>
        <div className="seg">
          {efforts.map((effort) => (
            <button
              key={effort}
              type="button"
              aria-pressed={effort === settings.effort}
              onClick={() => change({ effort })}
            >
              {effort === '' ? words.usual : effort}
            </button>
          ))}
        </div>
      </fieldset>
      <StrategyField
        offer={offer}
        settings={settings.strategy}
        onChange={(strategy) => change({ strategy })}
      />
      <NumberField
        {...{ label: words.budget, hint: words.noBudget, min: 0, step: 1, value: settings.budget }}
        onChange={(budget) => change({ budget })}
      />
      <NumberField
        {...{ label: words.temperature, hint: words.admitted, min: 0, max: 2, step: 0.1 }}
        value={settings.temperature}
        onChange={(temperature) => change({ temperature })}
      />
      <NumberField
        {...{ label: words.seed, hint: words.random, min: 0, step: 1, value: settings.seed }}
        onChange={(seed) => change({ seed })}
      />
    </section>
  );
}

type NumberFieldProps = {
  readonly label: string;
  readonly hint: string;
  readonly min: number;
  readonly max?: number;
  readonly step: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

function NumberField({ label, hint, value, onChange, ...range }: NumberFieldProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input num"
        type="number"
        placeholder={hint}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...range}
      />
    </label>
  );
}

function Remaining(): ReactNode {
  const words = useStrings(strings);
  const { account } = useSignedIn();
  const { data } = useQuery(limitsQuery(account));
  return (
    <div className="field">
      <span>{words.left}</span>
      {data?.length === 0 && <small>{words.unlimited}</small>}
      {data?.map((limit) => (
        <LimitMeter key={`${limit.scope} ${limit.model} ${limit.unit} ${limit.period}`} limit={limit} />
      ))}
    </div>
  );
}
