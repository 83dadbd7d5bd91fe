// The fields of how samples are spent on the next reply: those alone that the server offers.
import type { ReactNode } from 'react';
import { useStrings } from '../../frame/language.tsx';
import { type StrategyOffer, type StrategySettings, typesOffered } from './strategy.ts';
import { strings } from './strategy-strings.ts';

type Props = {
  readonly offer: StrategyOffer;
  readonly settings: StrategySettings;
  readonly onChange: (settings: StrategySettings) => void;
};

export function StrategyField({ offer, settings, onChange }: Props): ReactNode {
  const words = useStrings(strings);
  const types = typesOffered(offer);
  if (types.length < 2) return null;
  const { type } = settings;
  const change = (facts: Partial<StrategySettings>): void => onChange({ ...settings, ...facts });
  const [firstChecker = ''] = offer.checkers;
  return (
    <fieldset className="field">
      <legend className="label">{words.strategy}</legend>
      <div className="seg">
        {types.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === type}
            onClick={() => change({ type: one, checker: one === 'verify' ? firstChecker : '' })}
          >
            {words.types[one]}
          </button>
        ))}
      </div>
      {(type === 'vote' || type === 'verify') && (
        <label className="field">
          <span>{words.samples}</span>
          <input
            className="input num"
            type="number"
            min={2}
            max={offer.max_samples}
            value={settings.samples}
            onChange={(event) => change({ samples: event.target.value })}
          />
        </label>
      )}
      {type === 'vote' && (
        <Choice
          label={words.compared}
          names={['text', 'number', 'boxed'] as const}
          chosen={settings.answer}
          shown={(answer) => words.answers[answer]}
          onChoose={(answer) => change({ answer })}
        />
      )}
      {type === 'cascade' && (
        <label className="field">
          <span>{words.budgets}</span>
          <input
            className="input"
            value={settings.budgets}
            onChange={(event) => change({ budgets: event.target.value })}
          />
          <small>{words.budgetsHint}</small>
        </label>
      )}
      {(type === 'verify' || type === 'cascade') && (
        <Choice
          label={words.checker}
          names={type === 'verify' ? offer.checkers : ['', ...offer.checkers]}
          chosen={settings.checker}
          shown={(checker) => (checker === '' ? words.confidence : checker)}
          onChoose={(checker) => change({ checker })}
        />
      )}
      {type !== '' && <small>{words.streamed}</small>}
    </fieldset>
  );
}

type ChoiceProps<Name extends string> = {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly shown: (name: Name) => string;
  readonly onChoose: (name: Name) => void;
};

function Choice<Name extends string>({
  label,
  names,
  chosen,
  shown,
  onChoose,
}: ChoiceProps<Name>): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <select
        className="input"
        value={chosen}
        onChange={(event) => {
          const found = names.find((name) => name === event.target.value);
          if (found !== undefined) onChoose(found);
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {shown(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
