// A formula that a model wrote: as it was written until it is drawn, and for ever where it cannot be.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { visible } from './visible.ts';

type Props = { readonly raw: string; readonly text: string; readonly isDisplay: boolean };

export function Formula({ raw, text, isDisplay }: Props): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let isGone = false;
    const draw = async (): Promise<void> => {
      const { drawFormula } = await import('./draw-formula.ts');
      // Thousands of them must not keep the page from answering.
      await new Promise((resolve) => setTimeout(resolve));
      if (isGone || place.current === null) return;
      drawFormula(place.current, text, isDisplay);
      setDrawn(true);
    };
    draw().catch(() => setDrawn(false));
    const shown = place.current;
    return () => {
      isGone = true;
      shown?.replaceChildren();
      setDrawn(false);
    };
  }, [text, isDisplay]);
  return (
    <>
      <span ref={place} className={isDisplay ? 'formula display' : 'formula'} />
      {!isDrawn && <code>{visible(raw)}</code>}
    </>
  );
}
