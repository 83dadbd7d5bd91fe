// A figure that is drawn twice, for wide and for narrow pages, of which one is shown.
import type { ReactNode } from 'react';

export type Drawn = { readonly width: number; readonly form: 'wide' | 'narrow' };

const narrow: Drawn = { width: 358, form: 'narrow' };

/** @param wide width of the drawing on wide pages, in pixels */
export function BothWidths({
  wide,
  draw,
}: {
  readonly wide: number;
  readonly draw: (drawn: Drawn) => ReactNode;
}): ReactNode {
  return (
    <figure>
      {draw({ width: wide, form: 'wide' })}
      {draw(narrow)}
    </figure>
  );
}
