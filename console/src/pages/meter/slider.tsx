// A slider over a range in which each step is so many times the one before, with its value beside the label.
import { type ReactNode, useId } from 'react';

type Props = {
  readonly label: string;
  readonly value: number;
  readonly range: readonly [least: number, most: number];
  readonly shown: (value: number) => string;
  readonly onChange: (value: number) => void;
};

const steps = 60;

export function Slider({ label, value, range: [least, most], shown, onChange }: Props): ReactNode {
  const id = useId();
  const growth = Math.log(most / least) / steps;
  const place = Math.round(Math.log(value / least) / growth);
  return (
    <div className="field">
      <span className="line">
        <label htmlFor={id}>{label}</label>
        <output className="end num strong" htmlFor={id}>
          {shown(value)}
        </output>
      </span>
      <input
        id={id}
        className="range"
        type="range"
        min={0}
        max={steps}
        value={place}
        aria-valuetext={shown(value)}
        onChange={(event) =>
          onChange(Number((least * Math.exp(Number(event.target.value) * growth)).toPrecision(2)))
        }
      />
    </div>
  );
}
