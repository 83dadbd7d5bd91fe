// One of a few, side by side.
import type { ReactNode } from 'react';

type Props<Name extends string> = {
  readonly label: string;
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly shown: (name: Name) => string;
  readonly onChoose: (name: Name) => void;
};

export function Segments<Name extends string>({
  label,
  names,
  chosen,
  shown,
  onChoose,
}: Props<Name>): ReactNode {
  return (
    <fieldset className="seg">
      <legend className="vh">{label}</legend>
      {names.map((name) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => onChoose(name)}>
          {shown(name)}
        </button>
      ))}
    </fieldset>
  );
}
