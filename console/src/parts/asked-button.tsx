// A button that asks, in its own place, before it does what cannot be undone.
import { type ReactNode, useState } from 'react';

type Props = {
  /** What it does. */
  readonly name: string;
  /** On the button that does it, and the one that does not. */
  readonly sure: string;
  readonly keep: string;
  readonly onSure: () => void;
};

export function AskedButton({ name, sure, keep, onSure }: Props): ReactNode {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked)
    return (
      <button type="button" className="button small" onClick={() => setAsked(true)}>
        {name}
      </button>
    );
  return (
    <>
      <button type="button" className="button small" onClick={() => setAsked(false)}>
        {keep}
      </button>{' '}
      <button type="button" className="button small danger" onClick={onSure}>
        {sure}
      </button>
    </>
  );
}
